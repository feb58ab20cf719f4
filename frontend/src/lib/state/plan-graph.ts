// The plan as a graph: steps in layers by what they depend on, layer below layer, drawn at the size of its container.
import type { PlanView } from '../api';

export interface GraphNode {
  /** Index of the step. */
  index: number;
  layer: number;
  /** The row it is drawn in. A layer that is wider than the room takes several. */
  row: number;
  x: number;
  y: number;
}

export interface GraphEdge {
  from: number;
  to: number;
  wrong: boolean;
  path: string;
}

export interface PlanGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  width: number;
  height: number;
  /** Of every node. */
  box: { width: number; height: number };
}

const gapX = 24;
const gapLayer = 48;
const gapRow = 12; // between the rows of one layer
const margin = 24;
const least = 148;
const nodeHeight = 68; // a line of figures, and two of the title

/** Lays a plan out from top to bottom, as wide as the room and never wider. */
export function layOut(plan: Pick<PlanView, 'steps' | 'edges'>, room: number): PlanGraph {
  const width = Math.max(room, least + 2 * margin);
  const most = Math.max(1, Math.floor((width - 2 * margin + gapX) / (least + gapX)));
  const layers = ordered(layersOf(plan), plan.edges);
  const widest = Math.min(most, Math.max(1, ...layers.map((layer) => layer.length)));
  const box = { width: Math.round(Math.min(232, (width - 2 * margin - (widest - 1) * gapX) / widest)), height: nodeHeight };
  const nodes: GraphNode[] = [];
  let [y, row] = [margin, 0];
  layers.forEach((list, layer) => {
    for (let at = 0; at < list.length; at += widest, row++) {
      const part = list.slice(at, at + widest);
      const left = (width - (part.length * box.width + (part.length - 1) * gapX)) / 2;
      nodes.push(...part.map((index, i) => ({ index, layer, row, x: Math.round(left + i * (box.width + gapX)), y })));
      y += nodeHeight + (at + widest < list.length ? gapRow : gapLayer);
    }
  });
  const byIndex = new Map(nodes.map((node) => [node.index, node]));
  const lanes = new Lanes(nodes, box);
  const edges = plan.edges.flatMap(({ from, to, wrong }) => {
    const [a, b] = [byIndex.get(from), byIndex.get(to)];
    return a && b ? [{ from, to, wrong, path: lanes.path(a, b) }] : [];
  });
  return { nodes, edges, width, height: Math.max(y - gapLayer, margin) + margin, box };
}

/** The layer of each step: one behind the last of those it depends on. Edges that point backwards are left out, so there is no circle. */
function layersOf({ steps, edges }: Pick<PlanView, 'steps' | 'edges'>): number[] {
  const layers = steps.map(() => 0);
  const sound = edges.filter((edge) => edge.from < edge.to).sort((a, b) => a.to - b.to);
  for (const { from, to } of sound) layers[to] = Math.max(layers[to] ?? 0, (layers[from] ?? 0) + 1);
  return layers;
}

/** The steps of each layer, from left to right: each near those it depends on. */
function ordered(of: number[], edges: PlanView['edges']): number[][] {
  const layers: number[][] = [];
  of.forEach((layer, index) => (layers[layer] ??= []).push(index));
  const place = new Map<number, number>();
  for (const list of layers) {
    const wish = (index: number): number => {
      const from = edges.filter((edge) => edge.to === index && edge.from < index).map((edge) => place.get(edge.from) ?? 0.5);
      return from.length > 0 ? from.reduce((a, b) => a + b, 0) / from.length : 0.5;
    };
    list.sort((a, b) => wish(a) - wish(b) || a - b);
    list.forEach((index, at) => place.set(index, (at + 1) / (list.length + 1)));
  }
  return layers;
}

/** The room between the nodes of each row, where edges pass that lead further than to the next one. */
class Lanes {
  private readonly rows: GraphNode[][] = [];
  private long = 0; // edges that lead further than to the next row

  constructor(
    nodes: GraphNode[],
    private readonly box: PlanGraph['box'],
  ) {
    for (const node of nodes) (this.rows[node.row] ??= []).push(node);
  }

  /** The way from one node down to another, or, where that one is not below, round and up to it. It leads behind no third node, and keeps to its own side of the room that it shares with others. */
  path(a: GraphNode, b: GraphNode): string {
    const [x1, y1] = [a.x + this.box.width / 2, a.y + this.box.height];
    const [x2, y2] = [b.x + this.box.width / 2, b.y];
    const beside = b.row === a.row + 1 ? 0 : ([0, 4, -4, 8, -8][this.long++ % 5] ?? 0);
    let [d, x, y] = [`M${x1} ${y1}`, x1, y1];
    if (b.row > a.row) {
      for (let row = a.row + 1; row < b.row; row++) {
        const top = this.top(row);
        const lane = this.lane(row, x - beside + (x2 - x) / (b.row - row + 1)) + beside;
        d += `${bend(x, y, lane, top)}V${top + this.box.height}`;
        [x, y] = [lane, top + this.box.height];
      }
      return d + bend(x, y, x2, y2);
    }
    for (let row = a.row; row >= b.row; row--) {
      const lane = this.lane(row, x - beside + (x2 - x) / (row - b.row + 2)) + beside;
      const bottom = this.top(row) + this.box.height;
      d += row === a.row ? turn(x, y, lane, depth) : bend(x, y, lane, bottom);
      [x, y] = [lane, this.top(row)];
      d += `V${y}`;
    }
    return d + turn(x, y, x2, -depth);
  }

  private top(row: number): number {
    return this.rows[row]?.[0]?.y ?? 0;
  }

  /** The middle of the room of a row that is nearest to a place. */
  private lane(row: number, x: number): number {
    const nodes = this.rows[row] ?? [];
    const sides = [...nodes.map((node) => node.x - gapX / 2), (nodes.at(-1)?.x ?? 0) + this.box.width + gapX / 2];
    return sides.reduce((best, side) => (Math.abs(side - x) < Math.abs(best - x) ? side : best));
  }
}

/** How far an edge that has to turn round leaves the row. */
const depth = 8;

/** From one place to another in the room between two rows. */
function bend(x1: number, y1: number, x2: number, y2: number): string {
  if (x1 === x2) return `V${y2}`;
  const middle = (y1 + y2) / 2;
  return `C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}

/** To another place of the same height, by the room above or below it. */
function turn(x1: number, y: number, x2: number, by: number): string {
  const far = y + (by * 4) / 3;
  return `C${x1} ${far} ${x2} ${far} ${x2} ${y}`;
}

/** The step beside one: left and right within its row, up and down to the nearest of the next. */
export function beside(graph: PlanGraph, index: number, key: string): number | undefined {
  const here = graph.nodes.find((node) => node.index === index);
  if (!here) return graph.nodes[0]?.index;
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  const near = graph.nodes
    .filter((node) => (step ? node.row === here.row + step : node.row === here.row && (key === 'ArrowRight' ? node.x > here.x : node.x < here.x)))
    .sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x));
  return near[0]?.index;
}

/** A title in two lines, as far as they fit; what does not is cut, and says so. */
export function titleLines(title: string, fits: (line: string) => boolean): string[] {
  const words = title.split(/\s+/).filter(Boolean);
  let first = words.shift() ?? '';
  while (words[0] !== undefined && fits(`${first} ${words[0]}`)) first += ` ${words.shift()}`;
  return [first, words.join(' ')].filter(Boolean).map((line) => cutTo(line, fits));
}

function cutTo(line: string, fits: (line: string) => boolean): string {
  if (fits(line)) return line;
  let end = line.length;
  while (end > 1 && !fits(`${line.slice(0, end).trimEnd()}…`)) end--;
  return `${line.slice(0, end).trimEnd()}…`;
}

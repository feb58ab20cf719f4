import { describe, expect, it } from 'vitest';
import { plan, planStep } from './fake-parts';
import { beside, layOut, titleLines } from './plan-graph';

// 1 → 2 → 4, 1 → 3 → 4, and a wrong edge from 4 back to 2.
const diamond = plan(
  ['1', '2', '3', '4'].map((number) => planStep(number)),
  { edges: [{ from: 0, to: 1, wrong: false }, { from: 0, to: 2, wrong: false }, { from: 1, to: 3, wrong: false }, { from: 2, to: 3, wrong: false }, { from: 3, to: 1, wrong: true }] },
);

/** Points along a path of M, V and C. */
function pointsOf(path: string): [number, number][] {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, verb, rest = ''] of path.matchAll(/([MVC])([^MVC]*)/g)) {
    const n = rest.trim().split(/\s+/).map(Number);
    const [x1, y1, x2, y2, x3, y3] = verb === 'C' ? (n as [number, number, number, number, number, number]) : verb === 'V' ? [x, y, x, n[0] ?? 0, x, n[0] ?? 0] : [n[0] ?? 0, n[1] ?? 0, n[0] ?? 0, n[1] ?? 0, n[0] ?? 0, n[1] ?? 0];
    if (verb === 'M') [x, y] = [x1, y1];
    for (let t = 0; t <= 1; t += 0.02) {
      const at = (a: number, b: number, c: number, d: number): number => a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t * t * (1 - t) + d * t ** 3;
      points.push([at(x, x1, x2, x3), at(y, y1, y2, y3)]);
    }
    [x, y] = [x3, y3];
  }
  return points;
}

describe('layOut', () => {
  it('puts each step behind those it depends on', () => {
    expect(layOut(diamond, 900).nodes.map(({ index, layer }) => [index, layer])).toEqual([[0, 0], [1, 1], [2, 1], [3, 2]]);
  });

  it('draws an edge that points backwards, and does not follow it', () => {
    const graph = layOut(diamond, 900);
    expect(graph.edges).toHaveLength(5);
    expect(graph.edges.at(-1)?.wrong).toBe(true);
  });

  it('never lets two nodes overlap', () => {
    const { nodes, box } = layOut(diamond, 900);
    for (const a of nodes) {
      for (const b of nodes.filter((one) => one !== a)) {
        expect(Math.abs(a.x - b.x) >= box.width || Math.abs(a.y - b.y) >= box.height).toBe(true);
      }
    }
  });

  it.each([
    ['one column', 900, 6, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [0, 5], [1, 4], [0, 3], [5, 0], [3, 1], [2, 2]]],
    ['wide layers', 520, 14, [...Array.from({ length: 12 }, (_, i) => [0, i + 1]), ...Array.from({ length: 12 }, (_, i) => [i + 1, 13]), [0, 13], [13, 0], [7, 2]]],
    ['a narrow room', 320, 8, [[0, 1], [0, 2], [0, 3], [1, 4], [2, 5], [3, 6], [0, 7], [4, 7], [5, 7], [7, 1]]],
  ])('leads no edge behind a node: %s', (_, room, count, pairs) => {
    const steps = Array.from({ length: count }, (_, i) => planStep(String(i + 1)));
    const edges = pairs.map(([from = 0, to = 0]) => ({ from, to, wrong: from >= to }));
    const { nodes, edges: drawn, box, width, height } = layOut(plan(steps, { edges }), room);
    expect(drawn).toHaveLength(edges.length);
    const hidden = drawn.filter((edge) =>
      pointsOf(edge.path).some(
        ([x, y]) =>
          x <= 0 || x >= width || y <= 0 || y >= height ||
          nodes.some((node) => x > node.x + 0.1 && x < node.x + box.width - 0.1 && y > node.y + 0.1 && y < node.y + box.height - 0.1),
      ),
    );
    expect(hidden).toEqual([]);
  });

  const many = Array.from({ length: 300 }, (_, i) => planStep(String(i + 1)));

  it('is never wider than the room: a wide layer takes several rows', () => {
    const { nodes, box, width } = layOut(plan(many), 900);
    expect(width).toBe(900);
    expect(Math.max(...nodes.map((node) => node.x + box.width))).toBeLessThanOrEqual(900);
    expect(new Set(nodes.map((node) => node.layer))).toEqual(new Set([0]));
    expect(nodes.at(-1)?.row).toBeGreaterThan(50);
  });

  it('lays out 300 steps that each wait for the one before, and none', () => {
    const chain = plan(many, { edges: Array.from({ length: 299 }, (_, i) => ({ from: i, to: i + 1, wrong: false })) });
    expect(layOut(chain, 900).nodes.at(-1)?.layer).toBe(299);
    expect(layOut(plan([]), 900).nodes).toEqual([]);
  });
});

describe('beside', () => {
  const graph = layOut(diamond, 900);
  it.each([
    [0, 'ArrowDown', 1],
    [1, 'ArrowRight', 2],
    [2, 'ArrowLeft', 1],
    [3, 'ArrowUp', 1],
    [0, 'ArrowLeft', undefined],
    [9, 'ArrowDown', 0],
  ])('leads from %i by %s to %s', (from, key, to) => {
    expect(beside(graph, from, key)).toBe(to);
  });
});

describe('titleLines', () => {
  const fits = (line: string): boolean => line.length <= 12;
  it.each([
    ['Rate limiting', ['Rate', 'limiting']],
    ['Find stations', ['Find', 'stations']],
    ['One line', ['One line']],
    ['Refuse ranges longer than a year', ['Refuse', 'ranges long…']],
    ['Antidisestablishmentarianism', ['Antidisesta…']],
    ['', []],
  ])('breaks “%s”', (title, lines) => {
    expect(titleLines(title, fits)).toEqual(lines);
  });
});

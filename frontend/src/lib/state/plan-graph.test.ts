import { describe, expect, it } from 'vitest';
import { plan, planStep } from './fake-parts';
import { beside, layOut } from './plan-graph';

// 1 → 2 → 4, 1 → 3 → 4, and a wrong edge from 4 back to 2.
const diamond = plan(
  ['1', '2', '3', '4'].map((number) => planStep(number)),
  { edges: [{ from: 0, to: 1, wrong: false }, { from: 0, to: 2, wrong: false }, { from: 1, to: 3, wrong: false }, { from: 2, to: 3, wrong: false }, { from: 3, to: 1, wrong: true }] },
);

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

import { describe, expect, it, vi } from 'vitest';
import type { Api } from '../api';
import { artifact, at, document, event, record, settled, version } from './fake-parts';
import { fold, timeline, type VersionLine } from './history-line';
import { HistoryState } from './history.svelte';

const tick = (number: number, seconds: number, name = 'You') => version(number, { kind: 'ticked', at: at(seconds), author: { kind: 'person', name } });

describe('fold', () => {
  it('folds the ticks of two minutes into one line', () => {
    const lines = fold([tick(6, 400), tick(5, 300), tick(4, 290), version(3, { at: at(285) }), tick(2, 280)]);
    expect(lines.map((line) => line.map((one) => one.number))).toEqual([[6, 5, 4], [3], [2]]);
  });

  it('begins a new line after two minutes, however steadily boxes are ticked', () => {
    const lines = fold([tick(4, 180), tick(3, 120), tick(2, 60), tick(1, 0)]);
    expect(lines.map((line) => line.length)).toEqual([3, 1]);
  });

  it('keeps the ticks of two people apart', () => {
    expect(fold([tick(2, 10), tick(1, 0, 'Ada')])).toHaveLength(2);
  });
});

describe('timeline', () => {
  it('puts the acts at the gate between the versions and marks the signed one', () => {
    const versions = [version(2, { at: at(200), added: 3, removed: 1 }), version(1, { at: at(0) })];
    const records = [record('sign', 100, { seen: { 'spec.md': 1 }, path: 'spec.md' }), record('pass', 150), record('pass', 170, { phase: 'plan' })];
    const lines = timeline(versions, records, 'spec.md', 'spec');
    expect(lines.map((line) => (line.kind === 'version' ? line.version.number : line.record.action))).toEqual([2, 'pass', 'sign', 1]);
    expect(lines.filter((line): line is VersionLine => line.kind === 'version').map((line) => line.signed)).toEqual([false, true]);
  });

  it('marks nothing once the sign-off is withdrawn', () => {
    const records = [record('sign', 1, { seen: { 'spec.md': 1 } }), record('unsign', 2)];
    expect(timeline([version(1)], records, 'spec.md', 'spec').some((line) => line.kind === 'version' && line.signed)).toBe(false);
  });

  it('adds up what folded ticks changed', () => {
    const [line] = timeline([tick(2, 10), tick(1, 0)], [], 'spec.md', 'spec');
    expect(line?.kind === 'version' && [line.added, line.versions.length]).toEqual([2, 2]);
  });
});

function backend() {
  const versions = [version(5, { at: at(900) }), tick(4, 820), tick(3, 800), version(2, { at: at(100) }), version(1, { at: at(0) })];
  const artifacts = {
    list: vi.fn(async () => [artifact(5), artifact(0, { path: 'plan.md', phase: 'plan' })]),
    versions: vi.fn(async () => versions),
    diff: vi.fn(async (_p: string, _path: string, from: number, to: number) => ({ from: version(from), to: version(to), diff: { added: 0, removed: 0, hunks: [] } })),
    document: vi.fn(async (_p: string, _path: string, number?: number) => document(number ?? 0, 'text')),
    restore: vi.fn(async () => version(6)),
  };
  const gates = { records: vi.fn(async () => []) };
  return { versions, artifacts, state: new HistoryState({ artifacts, gates } as unknown as Api, 'p1') };
}

const sides = (state: HistoryState): number[] => [state.a, state.b];

describe('HistoryState', () => {
  it('begins with what the newest line changed', async () => {
    const { state } = backend();
    await state.load();
    expect(state.artifacts.map((one) => one.path)).toEqual(['spec.md']);
    expect(sides(state)).toEqual([4, 5]);
    expect(state.diff?.from.number).toBe(4);
  });

  it('moves the sides by lines, not by single ticks', async () => {
    const { state } = backend();
    await state.load();
    state.step('a', 1);
    expect(sides(state)).toEqual([2, 5]);
    state.step('b', 1);
    expect(sides(state)).toEqual([2, 4]);
    state.step('b', 1);
    expect(sides(state)).toEqual([1, 2]);
    state.step('a', -1);
    expect(sides(state)).toEqual([1, 2]);
    state.step('b', -1);
    expect(sides(state)).toEqual([1, 4]);
  });

  it('shows the first version whole, for there is nothing before it', async () => {
    const { state } = backend();
    await state.load();
    for (let i = 0; i < 6; i++) state.step('b', 1);
    expect(sides(state)).toEqual([0, 1]);
    await settled();
    expect(state.diff).toBeUndefined();
    expect(state.whole?.version.number).toBe(1);
  });

  it('keeps A the older of two chosen versions', async () => {
    const { state } = backend();
    await state.load();
    state.choose('b', 2);
    expect(sides(state)).toEqual([2, 4]);
  });

  it('shows what folded ticks changed together', async () => {
    const { state } = backend();
    await state.load();
    state.show(state.versionLines[1] as VersionLine);
    expect(sides(state)).toEqual([2, 4]);
  });

  it('restores an old version as a new one and shows it', async () => {
    const { artifacts, versions, state } = backend();
    await state.load();
    state.choose('a', 2);
    artifacts.versions.mockResolvedValueOnce([version(6, { kind: 'restored', at: at(1000) }), ...versions]);
    expect((await state.restore(2))?.number).toBe(6);
    expect(sides(state)).toEqual([5, 6]);
    expect(state.current).toBe(6);
  });

  it('follows the newest version only when it was shown', async () => {
    const { artifacts, versions, state } = backend();
    await state.load();
    state.choose('a', 1);
    state.step('b', 1);
    artifacts.versions.mockResolvedValueOnce([version(6, { at: at(1000) }), ...versions]);
    state.apply(event({ artifact: artifact(6) }));
    await settled();
    expect(state.current).toBe(6);
    expect(sides(state)).toEqual([1, 4]);
  });
});

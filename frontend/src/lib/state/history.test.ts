import { describe, expect, it, vi } from 'vitest';
import type { Api, LogLine } from '../api';
import { artifact, at, document, event, logLine, record, settled, version } from './fake-parts';
import { actionOf, onTop, timeline, type VersionLine } from './history-line';
import { HistoryState } from './history.svelte';

const tick = (number: number, seconds: number, name = 'You') => version(number, { kind: 'ticked', at: at(seconds), author: { kind: 'person', name } });

describe('timeline', () => {
  it('puts the acts at the gate between the versions', () => {
    const log = [logLine(version(2, { at: at(200) })), logLine(version(1, { at: at(0) }))];
    const records = [record('sign', 100, { seen: { 'spec.md': 1 }, path: 'spec.md' }), record('pass', 150), record('pass', 170, { phase: 'plan' })];
    const lines = timeline(log, records, 'spec.md', 'spec');
    expect(lines.map((line) => (line.kind === 'version' ? line.version.number : line.record.action))).toEqual([2, 'pass', 'sign', 1]);
  });

  it('leaves out the acts that are older than what has been fetched', () => {
    const lines = timeline([logLine(version(2, { at: at(200) }))], [record('sign', 100), record('pass', 300)], 'spec.md', 'spec', false);
    expect(lines.map((line) => line.kind)).toEqual(['record', 'version']);
  });
});

it('says every act at a gate in words', () => {
  const acts = ['pass', 'waive', 'reopen', 'sign', 'unsign', 'unfreeze', 'change', 'still-valid', 'round', 'override', 'restart', 'check', 'approve', 'promote', 'healthy', 'rollback', 'looked'];
  for (const act of acts) expect(actionOf(record(act, 0), 'Plan')).toMatch(/^[A-Z][a-z]+ [a-z]/);
});

describe('onTop', () => {
  const numbers = (lines: LogLine[]) => lines.map((line) => line.versions.map((one) => one.number));

  it('keeps what was fetched of older versions', () => {
    const known = [logLine(version(3)), logLine(version(2)), logLine(version(1))];
    expect(numbers(onTop([logLine(version(4)), logLine(version(3))], known))).toEqual([[4], [3], [2], [1]]);
  });

  it('cuts a line of ticks that the page holds a part of', () => {
    const [, rest] = onTop([logLine(tick(5, 90), tick(4, 80))], [logLine(tick(4, 80), tick(3, 70), tick(2, 60))]);
    expect([rest?.versions.map((one) => one.number), rest?.added]).toEqual([[3, 2], 2]);
  });
});

function backend() {
  const lines = [logLine(version(5, { at: at(900) })), logLine(tick(4, 820), tick(3, 800)), logLine(version(2, { at: at(100) })), logLine(version(1, { at: at(0) }))];
  const log = { path: 'spec.md', lines, total: 5, next: 0 };
  const artifacts = {
    list: vi.fn(async () => [artifact(5), artifact(0, { path: 'plan.md', phase: 'plan' })]),
    log: vi.fn(async (_p: string, _path: string, _page?: { before?: number; author?: string }) => log),
    diff: vi.fn(async (_p: string, _path: string, from: number, to: number) => ({ from: version(from), to: version(to), diff: { added: 0, removed: 0, ticked: 0, unticked: 0, hunks: [], moves: [] } })),
    document: vi.fn(async (_p: string, _path: string, number?: number) => document(number ?? 0, 'text')),
    restore: vi.fn(async () => ({ version: version(6), stale: ['Plan'] })),
    restoreSection: vi.fn(async (..._args: unknown[]) => ({ version: version(6), stale: [] })),
  };
  const gates = { records: vi.fn(async () => []) };
  return { log, artifacts, state: new HistoryState({ artifacts, gates } as unknown as Api, 'p1') };
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
    const { artifacts, log, state } = backend();
    await state.load();
    state.choose('a', 2);
    artifacts.log.mockResolvedValueOnce({ ...log, lines: [logLine(version(6, { kind: 'restored', at: at(1000) })), ...log.lines], total: 6 });
    const restored = await state.restore(2);
    expect([restored?.version.number, restored?.stale]).toEqual([6, ['Plan']]);
    expect(sides(state)).toEqual([5, 6]);
    expect(state.current).toBe(6);
  });

  it('follows the newest version only when it was shown', async () => {
    const { artifacts, log, state } = backend();
    await state.load();
    state.choose('a', 1);
    state.step('b', 1);
    artifacts.log.mockResolvedValueOnce({ ...log, lines: [logLine(version(6, { at: at(1000) })), ...log.lines], total: 6 });
    state.apply(event({ artifact: artifact(6) }));
    await settled();
    expect(state.current).toBe(6);
    expect(sides(state)).toEqual([1, 4]);
  });

  it('brings one section of A back', async () => {
    const { artifacts, state } = backend();
    await state.load();
    state.choose('a', 2);
    await state.restoreSection(12);
    expect(artifacts.restoreSection).toHaveBeenCalledWith('p1', 'spec.md', 2, 12);
  });

  it('fetches older versions when a side is moved beyond what is here', async () => {
    const { artifacts, log, state } = backend();
    artifacts.log.mockResolvedValueOnce({ ...log, lines: log.lines.slice(0, 2), next: 3 });
    await state.load();
    state.step('b', 1);
    expect(sides(state)).toEqual([2, 4]);
    artifacts.log.mockResolvedValueOnce({ ...log, lines: log.lines.slice(2) });
    state.step('b', 1);
    await settled();
    expect(artifacts.log).toHaveBeenLastCalledWith('p1', 'spec.md', { before: 3, lines: 100, author: '' });
    expect([sides(state), state.next, state.log.length]).toEqual([[1, 2], 0, 4]);
  });

  it('lists what one kind of author wrote', async () => {
    const { artifacts, log, state } = backend();
    await state.load();
    artifacts.log.mockResolvedValueOnce({ ...log, lines: log.lines.slice(2, 3) });
    await state.filter('model');
    expect(artifacts.log).toHaveBeenLastCalledWith('p1', 'spec.md', { lines: 100, author: 'model' });
    expect([state.versionLines.length, sides(state)]).toEqual([1, [4, 5]]);
  });

  it('shows what is wanted of another document once its history is here', async () => {
    const { artifacts, state } = backend();
    await state.load();
    artifacts.list.mockResolvedValueOnce([artifact(5), artifact(5, { path: 'plan.md', phase: 'plan' })]);
    state.look('plan.md', 0, 2);
    expect([state.path, sides(state)]).toEqual(['spec.md', [4, 5]]);
    await state.load('plan.md');
    expect([state.path, sides(state), state.whole?.version.number]).toEqual(['plan.md', [0, 2], 2]);
    state.look('plan.md', 1, 3);
    expect(sides(state)).toEqual([1, 3]);
  });
});

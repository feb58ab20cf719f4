import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type Finding, type Ledger } from '../api';
import { answer, event, finding, ledger, settled } from './fake-parts';
import { FindingsState } from './findings.svelte';

function backend(findings: Finding[], more: Partial<Api['findings']> = {}, work: Partial<Api['work']> = {}) {
  const load = vi.fn<Api['findings']['ledger']>(async () => ledger(2, { summary: { total: findings.length, byState: {}, open: { P0: 1, P2: 2 }, doubtful: 0 } }));
  const act = vi.fn<Api['findings']['act']>(async (_project, { ids }) => findings.filter((one) => ids.includes(one.id)).map((one) => ({ ...one, state: 'accepted' })));
  const api = { findings: { ledger: load, list: async () => ({ findings, total: findings.length, summary: ledger(0).summary }), act, ...more }, work } as unknown as Api;
  return { load, act, state: new FindingsState(api, 'p1') };
}

const numbers = (state: FindingsState): string => state.rows.map((one) => Number(one.number.slice(2))).join(' ');

describe('the list', () => {
  const list = [
    finding(1, { severity: 'P3' }),
    finding(2, { severity: 'P0', state: 'fixed' }),
    finding(3, { severity: '', location: 'b.go' }),
    finding(4, { severity: 'P1', state: 'returned', category: 'Security', location: 'a.go' }),
    finding(5, { severity: 'P1', title: 'The cache leaks', doubt: 'f1' }),
  ];

  it('has the worst first, and the open ones before the settled ones', async () => {
    const { state } = backend(list);
    await state.load();
    expect(numbers(state)).toBe('4 5 1 3 2');
    state.sort = 'newest';
    expect(numbers(state)).toBe('5 4 3 2 1');
    expect(state.open).toBe(3);
  });

  it('is filtered by severities, state, category, words and doubt, and all again', async () => {
    const { state } = backend(list);
    await state.load();
    state.toggle('P1');
    state.toggle('P0');
    expect(numbers(state)).toBe('4 5 2');
    state.choose({ state: 'unsettled' });
    expect(numbers(state)).toBe('4 5');
    state.choose({ words: 'leaks CACHE' });
    expect(numbers(state)).toBe('5');
    state.clear();
    state.choose({ category: 'security' });
    expect(numbers(state)).toBe('4');
    state.choose({ category: '', doubtful: true });
    expect(numbers(state)).toBe('5');
    state.choose({ doubtful: false });
    expect(state.filtered).toBe(false);
  });

  it('is what a link has asked for', async () => {
    const { state } = backend(list);
    await state.load();
    state.read('open,P0,P1');
    expect(state.filter).toMatchObject({ levels: ['P0', 'P1'], state: 'unsettled' });
    expect(numbers(state)).toBe('4 5');
  });

  it('is gone through by steps that stay within it', async () => {
    const { state } = backend(list);
    await state.load();
    expect(state.beside('', 1)?.id).toBe('f4');
    expect(state.beside('f4', 1)?.id).toBe('f5');
    expect(state.beside('f4', -1)?.id).toBe('f4');
    expect(state.beside('f2', 1)?.id).toBe('f2');
  });

  it('lists thousands at once', async () => {
    const { state } = backend(Array.from({ length: 2000 }, (_, i) => finding(i + 1, { severity: `P${i % 4}` })));
    await state.load();
    state.toggle('P0');
    expect(state.rows).toHaveLength(500);
    expect(state.strips.size).toBe(2000);
  });
});

describe('acts', () => {
  it('show at once, and the counts are fetched', async () => {
    const { state, act, load } = backend([finding(1), finding(2)]);
    await state.load();
    state.mark('f1');
    state.mark('f2');
    state.mark('f2');
    expect(await state.act('accept', [...state.marked], { reason: 'It is small.' })).toBe(true);
    expect(act).toHaveBeenCalledWith('p1', { verb: 'accept', ids: ['f1'], reason: 'It is small.', step: '', date: '', commit: '', severity: '', into: '' });
    expect(state.byId.get('f1')?.state).toBe('accepted');
    expect(state.marked.size).toBe(0);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('leave everything as it is when they are refused', async () => {
    const { state } = backend([finding(1)], { act: vi.fn().mockRejectedValue(new ApiError('invalid', 'A reason is needed.')) });
    await state.load();
    state.mark('f1');
    expect(await state.act('accept', ['f1'])).toBe(false);
    expect(state.refused?.message).toBe('A reason is needed.');
    expect([state.marked.size, state.byId.get('f1')?.state]).toEqual([1, 'open']);
  });

  it('add what was split off', async () => {
    const { state } = backend([finding(1)], { split: async () => [finding(1, { title: 'Left' }), finding(2)] });
    await state.load();
    await state.split({ id: 'f1', sightings: [], title: 'Other' });
    expect(state.findings.map((one) => one.title)).toEqual(['Left', 'Finding 2']);
  });
});

describe('news', () => {
  it('of the project are fetched, once more when they change while they are on their way', async () => {
    const { state, load } = backend([]);
    await state.load();
    const slow = answer<Ledger>();
    load.mockReturnValueOnce(slow.promise);
    const news = { ids: [], summary: ledger(0).summary };
    state.apply(event({ ledger: news }));
    state.apply(event({ ledger: news }));
    state.apply(event({ ledger: news, projectId: 'p2' }));
    slow.give(ledger(3));
    await settled();
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('that cannot be fetched leave the list as it was', async () => {
    const { state, load } = backend([finding(1)]);
    await state.load();
    load.mockRejectedValueOnce(new ApiError('unavailable', 'Nobody answers.'));
    await state.load();
    expect(state.error?.message).toBe('Nobody answers.');
    expect(state.rows).toHaveLength(1);
  });
});

describe('rounds', () => {
  const round = { phase: 'security', phases: ['security'], number: 7, cap: 10, ends: '', ready: true, why: '', over: false, verdict: '', advice: '', curve: [] };

  it('begin where the last one is over', async () => {
    const beginRound = vi.fn(async () => ({ ...round, number: 8, ready: false }));
    const { state } = backend([], {}, { round: async () => round, beginRound });
    await state.follow('security');
    expect(state.nextRound).toBe(8);
    expect(await state.begin()).toBeUndefined();
    expect(state.nextRound).toBe(8);
    await state.begin();
    expect(beginRound).toHaveBeenCalledTimes(1);
  });

  it('need a reason past the advised number of them', async () => {
    const beginRound = vi.fn(async () => ({ ...round, number: 8, ready: false, over: true }));
    const { state } = backend([], {}, { round: async () => ({ ...round, over: true }), beginRound });
    await state.follow('security');
    expect([state.over, state.nextRound]).toEqual([true, 8]);
    beginRound.mockRejectedValueOnce(new ApiError('invalid', 'The reason is too short.'));
    expect((await state.begin('Too short.'))?.message).toBe('The reason is too short.');
    expect(await state.begin('  A new module came in after round 7. ')).toBeUndefined();
    expect(beginRound).toHaveBeenLastCalledWith('p1', 'security', 'A new module came in after round 7.');
    expect(state.over).toBe(false); // its prompt is to be run first
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { RoundStatus } from '../api';
import { ApiError } from '../api';
import { RoundState } from './round.svelte';

const status = (change: Partial<RoundStatus> = {}): RoundStatus => ({
  phase: 'review', phases: ['review'], number: 2, cap: 0, ends: '', ready: true, why: '', over: false, verdict: '', advice: '', curve: [], ...change,
});

function backend(first: RoundStatus) {
  const work = { round: vi.fn(async () => first), beginRound: vi.fn(async () => status({ number: 3, ready: false, why: 'Round 3 of Review has nothing to show yet.' })) };
  return { work, state: new RoundState({ work }, 'p1', 'review') };
}

describe('RoundState', () => {
  it('begins the next round when this one has something to show', async () => {
    const { work, state } = backend(status({ cap: 10 }));
    expect(await state.begin()).toBe(false);
    await state.load();
    expect(state.word).toBe('Round 2 of about 10');
    expect(await state.begin('  Another place to look. ')).toBe(true);
    expect(work.beginRound).toHaveBeenCalledWith('p1', 'review', 'Another place to look.');
    expect([state.word, state.why]).toEqual(['Round 3', 'Round 3 of Review has nothing to show yet.']);
    expect(await state.begin()).toBe(false);
  });

  it('says when it is refused', async () => {
    const { work, state } = backend(status());
    await state.load();
    work.beginRound.mockRejectedValueOnce(new ApiError('limit', 'Review has had 10 rounds, and 10 are advised.'));
    expect(await state.begin()).toBe(false);
    expect([state.error?.code, state.busy]).toEqual(['limit', false]);
  });

  it('knows which phases go round', async () => {
    const { state } = backend(status());
    await state.load();
    expect([state.turns('audits/review-02.md'), state.turns('spec.md')]).toEqual([true, false]);
    state.round = status({ phases: ['analyse', 'fix'] });
    expect(state.turns('spec.md')).toBe(true);
  });
});

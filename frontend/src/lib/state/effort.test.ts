import { describe, expect, it, vi } from 'vitest';
import type { EffortRow } from '../api';
import { ApiError } from '../api';
import { EffortState, idleAfter, minutesOf, workedWord } from './effort.svelte';

const row = (worked: number, step = ''): EffortRow => ({
  effort: { projectId: 'p1', phase: 'spec', step, seconds: worked, correction: 0, estimate: 0, without: 0, touchedAt: '' },
  title: 'Spec', worked, runs: 2, promptTokens: 3000, answerTokens: 1200, modelMillis: 0,
});

function backend() {
  const work = { efforts: vi.fn(async () => [row(600), row(60, '4')]), touch: vi.fn(async () => ({})), correct: vi.fn(async () => row(1800)), estimate: vi.fn() };
  return { work, state: new EffortState({ work } as never, 'p1', 'spec', '', 0) };
}

describe('EffortState', () => {
  it('counts while somebody is there, and pauses when nobody is', async () => {
    const { work, state } = backend();
    await state.beat(15_000);
    expect(work.touch).toHaveBeenCalledTimes(1);
    await state.beat(idleAfter + 1);
    expect([work.touch.mock.calls.length, state.paused]).toEqual([1, true]);
    state.alive(idleAfter + 10);
    await state.beat(idleAfter + 20);
    expect([work.touch.mock.calls.length, state.paused]).toEqual([2, false]);
  });

  it('shows its own row, with all tokens', async () => {
    const { state } = backend();
    await state.load();
    expect([state.row?.worked, state.tokens, state.estimated]).toEqual([600, 4200, false]);
  });

  it('is corrected in minutes, and says when that is refused', async () => {
    const { work, state } = backend();
    expect(await state.correct(30)).toBe(true);
    expect(work.correct).toHaveBeenCalledWith('p1', 'spec', '', 1800);
    expect(state.row?.worked).toBe(1800);
    work.estimate.mockRejectedValue(new ApiError('invalid', '-5 minutes are no estimate.'));
    expect(await state.estimate(-5, 0)).toBe(false);
    expect(state.error?.message).toBe('-5 minutes are no estimate.');
  });
});

it.each([['90', 90], ['1:30', 90], ['1.5 h', 90], ['1,5h', 90], ['1 h 30 min', 90], ['45 min', 45], ['', 0], ['2h', 120], ['soon', undefined], ['-5', undefined], ['h', undefined]])(
  'reads “%s” as %s minutes',
  (text, minutes) => expect(minutesOf(text)).toBe(minutes),
);

it.each([[0, '0 min'], [2820, '47 min'], [4320, '1 h 12 min'], [32_400, '9 h']])('writes %i s as %s', (seconds, text) => expect(workedWord(seconds)).toBe(text));

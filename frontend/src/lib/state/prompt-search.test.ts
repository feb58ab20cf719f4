import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type PromptHit } from '../api';
import { answer } from './fake-parts';
import { PromptSearch } from './prompt-search.svelte';

const hit = (id: string): PromptHit => ({ id, title: [], summary: [] });
const over = (search: Api['library']['search']) => new PromptSearch({ library: { search } } as unknown as Api);

describe('searching the library', () => {
  it('asks one thing at a time, and the last words at the end', async () => {
    const first = answer<PromptHit[]>();
    const search = vi.fn<Api['library']['search']>(async () => [hit('audit')]).mockImplementationOnce(() => first.promise);
    const state = over(search);
    for (const words of ['s', 'se', 'sec ']) state.ask(words);
    first.give([hit('spec')]);
    await state.pending;
    expect(search.mock.calls).toEqual([['s'], ['sec']]);
    expect(state.hits).toEqual([hit('audit')]);
    expect(state.pending).toBeUndefined();
  });

  it('has found nothing when the words were taken back meanwhile', async () => {
    const slow = answer<PromptHit[]>();
    const state = over(() => slow.promise);
    state.ask('spec');
    state.ask('');
    slow.give([hit('spec')]);
    await state.pending;
    expect(state.hits).toBeUndefined();
  });

  it('tells why it could not search, until it can', async () => {
    const search = vi.fn<Api['library']['search']>(async () => [hit('a')]).mockRejectedValueOnce(new ApiError('unavailable', 'Gone.'));
    const state = over(search);
    state.ask('a');
    await state.pending;
    expect([state.error?.message, state.hits]).toEqual(['Gone.', undefined]);
    state.ask('ab');
    await state.pending;
    expect([state.error, state.hits]).toEqual([undefined, [hit('a')]]);
  });
});

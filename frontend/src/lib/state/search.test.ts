import { describe, expect, it, vi } from 'vitest';
import type { Api, SearchHit, SearchProgress, SearchResult } from '../api';
import { ApiError } from '../api';
import { answer, settled } from './fake-parts';
import { SearchState } from './search.svelte';

const hit = (path: string): SearchHit => ({ path, title: path, section: '', ranges: [] });

function searching() {
  const result = answer<SearchResult>();
  let tell: (progress: SearchProgress) => void = () => undefined;
  const search = vi.fn((_p: string, _words: string, _path: string, _signal: AbortSignal, to: typeof tell) => {
    tell = to;
    return result.promise;
  });
  return { state: new SearchState({ projects: { search } } as unknown as Api, 'p1'), search, result, tell: (progress: SearchProgress) => tell(progress) };
}

describe('SearchState', () => {
  it('shows what is found while it goes on', async () => {
    const { state, tell, result } = searching();
    state.words = ' local time ';
    const ends = state.run();
    tell({ done: 64, total: 128, hits: [hit('a.md')] });
    expect([state.running, state.share, state.hits.length]).toEqual([true, 0.5, 1]);
    result.give({ terms: [], versions: 128, hits: [hit('a.md'), hit('b.md')], more: true });
    await ends;
    expect([state.running, state.hits.length, state.searched, state.more]).toEqual([false, 2, 'local time', true]);
  });

  it('stops what goes on when it is asked for something else', async () => {
    const { state, search, result, tell } = searching();
    state.words = 'one';
    void state.run();
    const signal = search.mock.calls[0]?.[3];
    state.words = 'two';
    void state.run();
    expect(signal?.aborted).toBe(true);
    tell({ done: 1, total: 2, hits: [hit('b.md')] });
    expect(state.hits).toHaveLength(1);
    result.refuse(new ApiError('unavailable', 'The search broke off.'));
    await settled();
    expect([state.running, state.error?.message]).toEqual([false, 'The search broke off.']);
  });

  it('does not look for nothing', async () => {
    const { state, search } = searching();
    state.words = '  ';
    await state.run();
    expect(search).not.toHaveBeenCalled();
  });
});

import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type CauseDetail, type Staleness } from '../api';
import { CausesState } from './causes.svelte';
import { answer } from './fake-parts';

const cause = (path: string, change: Partial<CauseDetail['cause']> = {}): CauseDetail => ({
  cause: { path, part: '', from: 2, to: 7, hash: 'h', via: '', ...change },
  sentence: `${path} has changed.`,
  diff: { added: 1, removed: 0, ticked: 0, unticked: 0, hunks: [], moves: [] },
});

const two: Staleness = { projectId: 'p1', path: 'spec.md', runId: 'r1', causes: [cause('request.md'), cause('notes.md', { via: 'request.md' })], prompt: '', kept: [] };

function backend() {
  const behind = vi.fn<Api['artifacts']['behind']>(async () => two);
  return { behind, state: new CausesState({ artifacts: { behind } } as unknown as Pick<Api, 'artifacts'>, 'p1', 'spec.md') };
}

describe('CausesState', () => {
  it('shows the first change, and another one when it is chosen', async () => {
    const { state, behind } = backend();
    await state.compare();
    expect(behind).toHaveBeenCalledWith('p1', 'spec.md');
    expect(state.shown?.cause.path).toBe('request.md');
    state.at = 1;
    expect(state.shown?.cause.via).toBe('request.md');
    expect(state.loading).toBe(false);
  });

  it('says why it cannot compare', async () => {
    const { state, behind } = backend();
    behind.mockRejectedValueOnce(new ApiError('not_found', 'This document is not here.'));
    await state.compare();
    expect(state.error?.message).toBe('This document is not here.');
    expect(state.open).toBe(true);
  });

  it('forgets an answer that comes after it was closed', async () => {
    const { state, behind } = backend();
    const slow = answer<Staleness>();
    behind.mockReturnValueOnce(slow.promise);
    const pending = state.compare();
    state.close();
    slow.give(two);
    await pending;
    expect(state.open).toBe(false);
    expect(state.list).toEqual([]);
  });
});

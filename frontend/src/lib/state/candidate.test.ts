import { describe, expect, it, vi } from 'vitest';
import type { Api, CandidateReview } from '../api';
import { ApiError } from '../api';
import { CandidateState } from './candidate.svelte';
import { artifact, at, document, event, run, section, settled, version } from './fake-parts';

function review(change: Partial<CandidateReview> = {}): CandidateReview {
  return {
    candidate: { runId: 'r1', projectId: 'p1', phase: 'spec', path: 'spec.md', state: 'open', base: 3, version: 0, createdAt: at(0), decidedAt: '' },
    run: run('r1', { state: 'succeeded' }),
    current: version(3),
    moved: false,
    edited: false,
    base: version(3),
    merges: false,
    sections: [section(0, 'same'), section(1, 'changed'), section(2, 'added'), section(3, 'removed')],
    added: 3,
    removed: 1,
    ...change,
  };
}

function backend() {
  const candidates = {
    review: vi.fn(async () => review()),
    accept: vi.fn<Api['candidates']['accept']>(async () => version(4)),
    discard: vi.fn(async () => ({ ...review().candidate, state: 'discarded' })),
  };
  const artifacts = {
    document: vi.fn(async () => document(3, 'current')),
    draft: vi.fn(async () => ({ projectId: 'p1', path: 'spec.md', base: -1, body: '', at: '' })),
    keepDraft: vi.fn(async () => ({})),
    dropDraft: vi.fn(async () => ({})),
  };
  const runs = { show: vi.fn(async () => ({ run: run('r1'), answer: 'the answer', html: '<p>the answer</p>' })) };
  return { candidates, artifacts, state: new CandidateState({ candidates, artifacts, runs } as unknown as Api, 'r1') };
}

describe('CandidateState', () => {
  it('begins with every change chosen and leaves out what is the same', async () => {
    const { state } = backend();
    await state.load();
    expect(state.changes.map((one) => one.id)).toEqual([1, 2, 3]);
    expect(state.taken.map((one) => one.id)).toEqual([1, 2, 3]);
    expect(state.partial).toBe(false);
  });

  it('is not fresh once a later answer was accepted; ticks and edits do not count', async () => {
    const { candidates, state } = backend();
    candidates.review.mockResolvedValueOnce(review({ current: version(5, { basisId: 'r0' }), moved: true }));
    await state.load();
    expect([state.open, state.fresh]).toEqual([true, true]);
    candidates.review.mockResolvedValueOnce(review({ current: version(6, { basisId: 'r2' }), moved: true }));
    await state.load();
    expect([state.open, state.fresh]).toEqual([true, false]);
  });

  it('accepts the chosen sections against the version they were compared with', async () => {
    const { candidates, state } = backend();
    await state.load();
    state.toggle(2);
    expect(state.partial).toBe(true);
    expect((await state.acceptChosen())?.number).toBe(4);
    expect(candidates.accept).toHaveBeenCalledWith('r1', { all: false, sections: [1, 3], merge: false, body: '', base: 3, message: '' });
  });

  it('leaves out what would overwrite edits of a person, and merges what fits', async () => {
    const { candidates, state } = backend();
    const sections = [section(1, 'changed', 'Mine', { since: 'both', clash: true, take: false }), section(2, 'changed')];
    candidates.review.mockResolvedValueOnce(review({ edited: true, moved: true, sections }));
    await state.load();
    expect([...state.chosen]).toEqual([2]);
    expect(state.merges).toBe(false);
    expect(state.warnings).toEqual(['You have edited the document since v3. Some sections clash. They stay as you have them, unless you choose them.']);
    candidates.review.mockResolvedValueOnce(review({ edited: true, merges: true }));
    await state.load();
    expect(state.merges).toBe(true);
    await state.acceptMerged();
    expect(candidates.accept).toHaveBeenLastCalledWith('r1', expect.objectContaining({ all: false, merge: true }));
  });

  it('accepts everything at once, whatever is chosen', async () => {
    const { candidates, state } = backend();
    await state.load();
    state.chooseNone();
    await state.acceptAll();
    expect(candidates.accept.mock.calls[0]?.[1]).toMatchObject({ all: true, sections: [] });
  });

  it('accepts an edited text and lets its draft go', async () => {
    const { candidates, artifacts, state } = backend();
    await state.load();
    await state.edit();
    expect(state.draft?.body).toBe('the answer');
    state.draft?.type('the better answer');
    await state.acceptEdited('Shorter');
    expect(candidates.accept.mock.calls[0]?.[1]).toMatchObject({ all: false, body: 'the better answer', message: 'Shorter', base: 3 });
    expect(artifacts.dropDraft).toHaveBeenCalled();
    expect(state.draft).toBeUndefined();
  });

  it('compares again on a conflict and keeps what was not chosen', async () => {
    const { candidates, state } = backend();
    await state.load();
    state.toggle(2);
    candidates.accept.mockRejectedValueOnce(new ApiError('conflict', 'The document is at v5 now.'));
    candidates.review.mockResolvedValueOnce(
      review({ current: version(5), moved: true, sections: [section(1, 'changed'), section(2, 'added'), section(4, 'added', 'New')] }),
    );
    expect(await state.acceptChosen()).toBeUndefined();
    expect(state.error?.message).toBe('The document is at v5 now.');
    expect(state.taken.map((one) => one.id)).toEqual([1, 4]);
    expect(state.warnings).toEqual(['The answer was written from v3. The document is at v5 now.']);
  });

  it('compares again when the document moves', async () => {
    const { candidates, state } = backend();
    await state.load();
    state.apply(event({ artifact: artifact(3) }));
    await settled();
    expect(candidates.review).toHaveBeenCalledTimes(1);
    state.apply(event({ artifact: artifact(4) }));
    await settled();
    expect(candidates.review).toHaveBeenCalledTimes(2);
  });

  it('warns of a run that is not whole', async () => {
    const { candidates, state } = backend();
    candidates.review.mockResolvedValueOnce(review({ run: run('r1', { state: 'succeeded', cut: true, unfinished: true, missing: ['No section “Tests”', 'No AC lines'] }) }));
    await state.load();
    expect(state.warnings).toHaveLength(3);
  });

  it('is closed after it was discarded', async () => {
    const { state } = backend();
    await state.load();
    expect(await state.discard()).toBe(true);
    expect(state.open).toBe(false);
  });
});

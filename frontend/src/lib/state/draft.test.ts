import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Api, Draft } from '../api';
import { ApiError } from '../api';
import { DraftState } from './draft.svelte';
import { answer, document, settled, version } from './fake-parts';

function backend() {
  const artifacts = {
    draft: vi.fn(async (): Promise<Draft> => ({ projectId: 'p1', path: 'spec.md', base: -1, body: '', at: '' })),
    keepDraft: vi.fn(async (_: string, draft: Draft) => draft),
    dropDraft: vi.fn(async () => ({})),
    save: vi.fn(async () => version(4)),
    document: vi.fn(async () => document(5, 'theirs')),
  };
  const api = { artifacts } as unknown as Pick<Api, 'artifacts'>;
  return { artifacts, open: () => DraftState.open(api, document(3, 'text')) };
}

const bodies = (keep: ReturnType<typeof backend>['artifacts']['keepDraft']): string[] => keep.mock.calls.map(([, draft]) => draft.body);

describe('DraftState', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps the draft within 300 ms of the last keystroke', async () => {
    const { artifacts, open } = backend();
    const draft = await open();
    draft.type('text!');
    expect(draft.keeping).toBe('typing');
    await vi.advanceTimersByTimeAsync(300);
    expect(artifacts.keepDraft).toHaveBeenCalledTimes(1);
    expect(artifacts.keepDraft.mock.calls[0]?.[1]).toMatchObject({ base: 3, body: 'text!' });
    expect(draft.keeping).toBe('kept');
  });

  it('keeps it every 300 ms while somebody goes on typing', async () => {
    const { artifacts, open } = backend();
    const draft = await open();
    for (let i = 1; i <= 20; i++) {
      draft.type('x'.repeat(i));
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(artifacts.keepDraft.mock.calls.length).toBeGreaterThanOrEqual(3);
    await vi.advanceTimersByTimeAsync(300);
    expect(bodies(artifacts.keepDraft).at(-1)).toBe('x'.repeat(20));
  });

  it('sends one draft at a time and the last text last', async () => {
    const { artifacts, open } = backend();
    const slow = answer<Draft>();
    artifacts.keepDraft.mockReturnValueOnce(slow.promise);
    const draft = await open();
    draft.type('a');
    await vi.advanceTimersByTimeAsync(300);
    draft.type('ab');
    await vi.advanceTimersByTimeAsync(300);
    draft.type('abc');
    await vi.advanceTimersByTimeAsync(300);
    expect(bodies(artifacts.keepDraft)).toEqual(['a']);
    slow.give({} as Draft);
    await vi.advanceTimersByTimeAsync(300);
    expect(bodies(artifacts.keepDraft)).toEqual(['a', 'abc']);
    expect(draft.keeping).toBe('kept');
  });

  it('says so when the draft cannot be kept, and tries again', async () => {
    const { artifacts, open } = backend();
    artifacts.keepDraft.mockRejectedValueOnce(new ApiError('unavailable', 'The disk is full.'));
    const draft = await open();
    draft.type('a');
    await vi.advanceTimersByTimeAsync(300);
    expect(draft.keeping).toBe('failed');
    expect(draft.body).toBe('a');
    await vi.advanceTimersByTimeAsync(2000);
    expect(draft.keeping).toBe('kept');
    expect(draft.error).toBeUndefined();
  });

  it('sends what is not kept yet when the page is left', async () => {
    const { artifacts, open } = backend();
    const draft = await open();
    draft.type('leaving');
    await draft.flush();
    expect(bodies(artifacts.keepDraft)).toEqual(['leaving']);
  });

  it('goes on with a draft that was kept earlier', async () => {
    const { artifacts, open } = backend();
    artifacts.draft.mockResolvedValueOnce({ projectId: 'p1', path: 'spec.md', base: 3, body: 'earlier', at: '' });
    const draft = await open();
    expect(draft.body).toBe('earlier');
    expect(draft.restored).toBe(true);
    expect(draft.changed).toBe(true);
    expect(draft.conflict).toBe(0);
  });

  it('saves a version and lets the draft go', async () => {
    const { artifacts, open } = backend();
    const draft = await open();
    draft.type('done');
    expect((await draft.save('Say it shorter'))?.number).toBe(4);
    expect(artifacts.save).toHaveBeenCalledWith('p1', { path: 'spec.md', base: 3, body: 'done', message: 'Say it shorter' });
    expect(artifacts.dropDraft).toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(artifacts.keepDraft).not.toHaveBeenCalled();
  });

  it('keeps the text and names the newer version on a conflict', async () => {
    const { artifacts, open } = backend();
    artifacts.save.mockRejectedValueOnce(new ApiError('conflict', 'v5 was saved meanwhile.'));
    const draft = await open();
    draft.type('mine');
    expect(await draft.save('')).toBeUndefined();
    await settled();
    expect(draft.body).toBe('mine');
    expect(draft.conflict).toBe(5);
    draft.rebase(5);
    await draft.save('');
    expect(artifacts.save.mock.calls.at(-1)).toMatchObject(['p1', { base: 5, body: 'mine' }]);
  });

  it('notices that somebody else has saved while it is open', async () => {
    const draft = await backend().open();
    draft.moved(3);
    expect(draft.conflict).toBe(0);
    draft.moved(4);
    expect(draft.conflict).toBe(4);
  });
});

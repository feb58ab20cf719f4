import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type VersionDiff } from '../api';
import { CausesState } from './causes.svelte';
import { artifact, run, version } from './fake-parts';

function backend() {
  const inputs = [
    { name: 'REQUEST', path: 'request.md', version: 2, hash: 'old' },
    { name: 'RULES', path: 'rules.md', version: 1, hash: 'rules' },
    { name: 'SPEC', path: 'spec.md', version: 3, hash: 'own' },
    { name: 'NOTES', path: 'notes.md', version: 4, hash: 'old notes' },
    { name: 'TYPED', path: '', version: 0, hash: '' },
  ];
  const heads = [
    artifact(7, { path: 'request.md', title: 'Request', current: version(7, { basisHash: 'new' }) }),
    artifact(5, { path: 'rules.md', title: 'Rules', current: version(5, { basisHash: 'rules' }) }), // ticked only
    artifact(6, { path: 'notes.md', title: 'Notes', current: version(6, { basisHash: 'new notes' }) }),
    artifact(4, { path: 'spec.md', current: version(4, { basisHash: 'other' }) }),
  ];
  const diff = vi.fn(async (_project: string, path: string, from: number, to: number) => ({ path, from: version(from), to: version(to) }) as unknown as VersionDiff);
  const show = vi.fn(async (id: string) => ({ run: run(id, { inputs }) }));
  const api = { runs: { show }, artifacts: { list: async () => heads, diff } } as unknown as Pick<Api, 'artifacts' | 'runs'>;
  return { diff, show, state: new CausesState(api, 'p1', 'spec.md') };
}

describe('CausesState', () => {
  it('compares the version that was used with the current one', async () => {
    const { state, diff, show } = backend();
    await state.compare('r1');
    expect(show).toHaveBeenCalledWith('r1');
    expect(state.list).toEqual([
      { path: 'request.md', title: 'Request', from: 2, to: 7 },
      { path: 'notes.md', title: 'Notes', from: 4, to: 6 },
    ]);
    expect(diff.mock.calls).toEqual([['p1', 'request.md', 2, 7]]);
    expect(state.diff?.to.number).toBe(7);
    expect(state.loading).toBe(false);
  });

  it('shows another cause when there are several', async () => {
    const { state, diff } = backend();
    await state.compare('r1');
    const notes = state.list[1];
    if (!notes) throw new Error('there are two causes');
    await state.show(notes);
    expect(diff).toHaveBeenLastCalledWith('p1', 'notes.md', 4, 6);
    expect(state.shown).toEqual(notes);
  });

  it('says why it cannot compare', async () => {
    const { state, show } = backend();
    show.mockRejectedValueOnce(new ApiError('not_found', 'This run is not here.'));
    await state.compare('r1');
    expect(state.error?.message).toBe('This run is not here.');
    expect(state.open).toBe(true);
  });

  it('forgets an answer that comes after it was closed', async () => {
    const { state, diff } = backend();
    const pending = state.compare('r1');
    state.close();
    await pending;
    expect(state.open).toBe(false);
    expect(diff).not.toHaveBeenCalled();
  });
});

import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type HandoffItem, type Project } from '../api';
import { concerns, SpecImport, ideaOf } from './spec-import.svelte';

const item = (name: string, take: boolean): HandoffItem => ({ name, folder: `specs/${name}`, format: 'Spec Kit', project: name, clash: false, documents: [], kept: [], added: [], dropped: [], inert: [], duplicate: '', archived: !take, take });
const file = (path: string, content: string | Uint8Array<ArrayBuffer>) => ({ path, file: new File([content], path.split('/').at(-1) ?? path) });

describe('specifications of other tools', () => {
  it('are sent without the rest of the repository, and ticked unless they are archived', async () => {
    const preview = vi.fn(async () => ({ items: [item('001-a', true), item('old', false)], problems: [] }));
    const state = new SpecImport({ specs: { preview } } as unknown as Api);
    await state.read([file('repo/specs/001-a/spec.md', '# A'), file('repo/src/main.go', 'package main')]);
    expect(preview).toHaveBeenCalledWith({ path: '', files: [{ path: 'repo/specs/001-a/spec.md', content: '# A', base64: false }], choose: [] });
    expect([...state.chosen]).toEqual(['001-a']);
  });

  it('become projects as ticked, from the files that were shown', async () => {
    const take = vi.fn(async () => [{ id: 'p' } as Project]);
    const state = new SpecImport({ specs: { preview: async () => ({ items: [item('001-a', true), item('old', false)], problems: [] }), take } } as unknown as Api);
    await state.read([file('a.zip', new Uint8Array([0x50, 0x4b, 3, 4, 0, 255]))]);
    state.toggle('001-a');
    expect(await state.take()).toBeUndefined();
    state.toggle('old');
    expect(await state.take()).toHaveLength(1);
    expect(take).toHaveBeenCalledWith({ path: '', files: [{ path: 'a.zip', content: 'UEsDBAD/', base64: true }], choose: ['old'] });
    expect(state.open).toBe(false);
  });

  it('stay open with the reason when nothing is found', async () => {
    const state = new SpecImport({ specs: { preview: async () => { throw new ApiError('not_found', 'Nothing.'); } } } as unknown as Api);
    await state.read([file('a.md', 'x')]);
    expect([state.open, state.busy, state.error?.message]).toEqual([true, '', 'Nothing.']);
  });

  it('are told from an idea and from source code', () => {
    expect(ideaOf([file('idea.md', 'x')])).toBeDefined();
    expect(ideaOf([file('folder/idea.md', 'x')])).toBeUndefined();
    expect(ideaOf([file('a.md', 'x'), file('b.md', 'x')])).toBeUndefined();
    const wanted = ['r/openspec/changes/a/proposal.md', 'r/.specify/memory/constitution.md', 'add-a/proposal.md', '001-a/contracts/x.yaml', 'r/openspec/project.md'];
    expect(wanted.filter((path) => !concerns(path))).toEqual([]);
    expect(['r/src/a.go', 'r/docs/memory/notes.md', 'main.go'].filter(concerns)).toEqual([]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type Export, type ImportItem } from '../api';
import { answer, card } from './fake-parts';
import { PromptExport, PromptImport } from './prompt-transfer.svelte';

const item = (id: string, take: boolean): ImportItem => ({ file: `${id}.md`, format: 'fabric', id, title: id, path: '', text: '', variables: [], extra: [], dropped: [], inert: [], duplicate: take ? '' : id, replaces: '', clash: false, take });
const file = (path: string, content: string | Uint8Array<ArrayBuffer>) => ({ path, file: new File([content], path) });

describe('taking prompts in', () => {
  it('reads texts, names what is none, and ticks what is new', async () => {
    const preview = vi.fn(async () => ({ items: [item('new', true), item('known', false)], problems: [] }));
    const state = new PromptImport({ library: { preview } } as unknown as Api);
    await state.read([file('a/system.md', 'You are…'), file('.git/HEAD', 'ref'), file('x.zip', 'PK\u0003\u0004'), file('x.png', new Uint8Array([1, 0, 2])), file('latin.md', new Uint8Array([0xe9, 0x74, 0xe9]))]);
    expect(preview).toHaveBeenCalledWith({ files: [{ path: 'a/system.md', content: 'You are…', base64: false }] });
    expect(state.refused).toEqual(['x.zip is an archive. Choose it alone.', 'x.png is no text.', 'latin.md is no text.']);
    expect(state.taken.map((one) => one.id)).toEqual(['new']);
  });

  it('sends an archive whole', async () => {
    const preview = vi.fn(async () => ({ items: [], problems: [] }));
    const state = new PromptImport({ library: { preview } } as unknown as Api);
    await state.read([file('x.zip', new Uint8Array([0x50, 0x4b, 3, 4, 0, 255]))]);
    expect(preview).toHaveBeenCalledWith({ files: [{ path: 'x.zip', content: 'UEsDBAD/', base64: true }] });
  });

  it('takes what is ticked, and closes', async () => {
    const take = vi.fn(async () => [card('known')]);
    const state = new PromptImport({ library: { preview: async () => ({ items: [item('new', true), item('known', false)], problems: [] }), take } } as unknown as Api);
    await state.read([file('a.md', 'x')]);
    state.toggle(0);
    expect(await state.take()).toBeUndefined();
    state.toggle(1);
    expect(await state.take()).toHaveLength(1);
    expect(take).toHaveBeenCalledWith([expect.objectContaining({ id: 'known', take: true })]);
    expect(state.open).toBe(false);
  });

  it('stays open with the reason when it is refused', async () => {
    const state = new PromptImport({ library: { preview: async () => { throw new ApiError('invalid', 'No.'); } } } as unknown as Api);
    await state.read([file('a.md', 'x')]);
    expect([state.open, state.busy, state.error?.message]).toEqual([true, '', 'No.']);
  });
});

describe('writing prompts out', () => {
  const made = (format: string, ...paths: string[]): Export => ({ format, files: paths.map((path) => ({ path, content: 'x' })), lost: [], path: '' });
  const desk = { saveFile: async () => 'download' as const, keepFile: vi.fn(), copy: async () => undefined };

  it('shows the format that was chosen last', async () => {
    const slow = answer<Export>();
    const write = vi.fn<Api['library']['export']>(async ({ format }) => made(format, 'a.md'));
    write.mockReturnValueOnce(slow.promise);
    const state = new PromptExport({ library: { export: write } } as unknown as Api, desk);
    state.show(['a']);
    await state.choose('skill');
    slow.give(made('plumbline', 'old.md'));
    await Promise.resolve();
    expect([state.made?.format, state.busy]).toEqual(['skill', false]);
  });

  it('keeps one file as it is and several as an archive', async () => {
    const keepFile = vi.fn();
    const state = new PromptExport({ library: { export: async () => made('skill', 'a/SKILL.md') } } as unknown as Api, { ...desk, keepFile });
    await state.choose('skill');
    expect(await state.keep()).toBe('SKILL.md is among your downloads.');
    state.made = made('skill', 'a/SKILL.md', 'b/SKILL.md');
    expect(await state.keep()).toBe('prompts.zip with 2 files is among your downloads.');
    expect(keepFile.mock.calls.map(([name]) => name)).toEqual(['SKILL.md', 'prompts.zip']);
  });

  it('has the engine write to the path that was chosen in the window', async () => {
    const write = vi.fn<Api['library']['export']>(async ({ format, file }) => ({ ...made(format, 'a.md'), path: file }));
    const saveFile = vi.fn(async () => ({ path: '/home/ada/mine.md' }));
    const state = new PromptExport({ library: { export: write } } as unknown as Api, { ...desk, saveFile });
    state.show(['a']);
    await state.choose('skill');
    expect(await state.keep()).toBe('/home/ada/mine.md is written.');
    expect(saveFile).toHaveBeenCalledWith('Export a prompt', 'a.md');
    expect(write).toHaveBeenLastCalledWith({ ids: ['a'], format: 'skill', folder: '', file: '/home/ada/mine.md', over: true });
  });

  it('stays open when nowhere was chosen, or it could not be written', async () => {
    const write = vi.fn<Api['library']['export']>(async ({ format, file }) => {
      if (file) throw new ApiError('unavailable', 'The disk is full.');
      return made(format, 'a.md');
    });
    const saveFile = vi.fn<(title: string, name: string) => Promise<{ path: string } | undefined>>(async () => undefined);
    const state = new PromptExport({ library: { export: write } } as unknown as Api, { ...desk, saveFile });
    state.show(['a']);
    await state.choose('skill');
    expect([await state.keep(), state.error, state.open]).toEqual(['', undefined, true]);
    saveFile.mockResolvedValue({ path: '/full/a.md' });
    expect([await state.keep(), state.error?.message, state.saving]).toEqual(['', 'The disk is full.', false]);
  });
});

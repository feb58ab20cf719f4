import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type Handoff, type Overview } from '../api';
import { answer } from './fake-parts';
import { HandoffState } from './handoff.svelte';

const overview = { project: { id: 'p', slug: 'tide', name: 'Tide' }, phases: [] } as unknown as Overview;
const made = (format: string, name: string, ...paths: string[]): Handoff => ({ format, name, files: paths.map((path) => ({ path, content: 'x', size: 1, state: '' })), notes: [], path: '', size: paths.length });
const desk = { saveFile: async () => 'download' as const, keepFile: vi.fn(), copy: async () => undefined };
const api = (handoff: unknown, handoffTo?: unknown): Api => ({ projects: { handoff, handoffTo } }) as unknown as Api;

describe('handing a project off', () => {
  it('shows the format that was chosen last', async () => {
    const slow = answer<Handoff>();
    const make = vi.fn(async (_: string, { format }: { format: string }) => made(format, 'x.zip', 'a.md', 'b.md'));
    make.mockReturnValueOnce(slow.promise);
    const state = new HandoffState(api(make), desk);
    state.show(overview);
    await state.choose('speckit');
    slow.give(made('markdown', 'old.md', 'old.md'));
    await Promise.resolve();
    expect([state.made?.format, state.busy, state.file?.path]).toEqual(['speckit', false, 'a.md']);
    state.look('b.md');
    expect(state.file?.path).toBe('b.md');
    state.close();
    expect([state.open, state.files]).toEqual([false, []]);
  });

  it('has a phase alone only where the format can', async () => {
    const make = vi.fn(async (_: string, { format }: { format: string; phase: string }) => made(format, 'x.md', 'x.md'));
    const state = new HandoffState(api(make), desk);
    state.show(overview);
    await state.choosePhase('spec');
    await state.choose('zip');
    expect(make).toHaveBeenLastCalledWith('p', { format: 'zip', phase: 'spec' });
    await state.choose('agents');
    expect(make).toHaveBeenLastCalledWith('p', { format: 'agents', phase: '' });
  });

  it('keeps one file as it is, and several in an archive', async () => {
    const keepFile = vi.fn<(name: string, content: Blob) => void>();
    const state = new HandoffState(api(async (_: string, { format }: { format: string }) => (format === 'markdown' ? made(format, 'tide.md', 'tide.md') : made(format, 'tide-speckit.zip', 'a.md', 'b.md'))), { ...desk, keepFile });
    state.show(overview);
    await vi.waitFor(() => expect(state.busy).toBe(false));
    expect(await state.keep()).toBe('tide.md is among your downloads, 1 bytes.');
    await state.choose('speckit');
    expect(await state.keep()).toMatch(/^tide-speckit\.zip with 2 files is among your downloads, /);
    const archive = new Uint8Array((await keepFile.mock.calls[1]?.[1].arrayBuffer()) ?? new ArrayBuffer(0));
    expect([...archive.subarray(0, 2)]).toEqual([0x50, 0x4b]);
  });

  it('writes to the path that the dialog of the system gives, and keeps an archive one', async () => {
    const write = vi.fn(async (_: string, __: unknown, path: string) => ({ ...made('zip', 'x.zip', 'a.md'), path }));
    const saveFile = vi.fn<() => Promise<{ path: string } | undefined>>(async () => ({ path: '/tmp/kit' }));
    const state = new HandoffState(api(async () => made('zip', 'x.zip', 'a.md'), write), { ...desk, saveFile });
    state.show(overview);
    await state.choose('zip');
    expect(await state.keep()).toBe('/tmp/kit.zip with 1 file is written.');
    expect(write).toHaveBeenLastCalledWith('p', { format: 'zip', phase: '' }, '/tmp/kit.zip', false);
    saveFile.mockResolvedValueOnce({ path: '/tmp/b.ZIP' });
    await state.keep();
    expect(write).toHaveBeenLastCalledWith('p', { format: 'zip', phase: '' }, '/tmp/b.ZIP', true);
    saveFile.mockResolvedValueOnce(undefined);
    expect(await state.keep()).toBe('');
  });

  it('says why there is nothing to hand off', async () => {
    const state = new HandoffState(api(async () => { throw new ApiError('invalid', 'Nothing yet.'); }), desk);
    state.show(overview);
    await vi.waitFor(() => expect(state.error?.message).toBe('Nothing yet.'));
    expect([state.made, await state.keep()]).toEqual([undefined, '']);
  });
});

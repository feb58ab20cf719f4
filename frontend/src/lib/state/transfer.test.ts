import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type Desk, type Picked, type Project } from '../api';
import { answer } from './fake-parts';
import { Transfer } from './transfer.svelte';

const shop: Project = { id: 'p1', slug: 'tide-table', name: 'Tide table', summary: '', workflowId: 'w', createdAt: '', updatedAt: '' };
const picked: Picked = { name: 'tide-table-2026-11-25.zip', path: '/media/stick/tide-table-2026-11-25.zip' };
const here = new ApiError('conflict', '“Tide table” has changed here and in the file.');

function transfer(data: Partial<Api['data']>, desk: Partial<Desk> = {}) {
  const [show, fail, arrived, keepFile] = [vi.fn(), vi.fn(), vi.fn(async () => undefined), vi.fn()];
  const files = { openFile: async () => picked, saveFile: async () => undefined, keepFile, ...desk };
  return { state: new Transfer({ data } as Api, files, { show, fail }, arrived), show, fail, arrived, keepFile };
}

afterEach(() => vi.useRealTimers());

describe('an export', () => {
  it('goes to the path that was chosen, under a name with the day', async () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 5, 14, 2) });
    const exportTo = vi.fn(async (_project: string, path: string) => ({ path, at: '', size: 4200, auto: false }));
    const saveFile = vi.fn(async () => ({ path: '/home/ada/t.zip' }));
    const { state, show } = transfer({ exportTo }, { saveFile });
    await state.export(shop);
    expect(saveFile).toHaveBeenCalledWith('Export “Tide table”', 'tide-table-2026-11-05.zip');
    expect(exportTo).toHaveBeenCalledWith('p1', '/home/ada/t.zip');
    expect(show).toHaveBeenCalledWith('“Tide table” is in /home/ada/t.zip, 4.2 kB.');
    expect(state.exporting).toBe('');
  });

  it('is a download in a browser, and says that it goes on when it takes long', async () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 25) });
    const content = answer<Blob>();
    const { state, show, keepFile } = transfer({ download: () => content.promise }, { saveFile: async () => 'download' });
    const ends = state.export(shop);
    await vi.advanceTimersByTimeAsync(700);
    expect(show).toHaveBeenCalledWith('“Tide table” is being exported.');
    const blob = new Blob(['zip']);
    content.give(blob);
    await ends;
    expect(keepFile).toHaveBeenCalledWith('tide-table-2026-11-25.zip', blob);
    expect(show).toHaveBeenLastCalledWith('“Tide table” is among your downloads: tide-table-2026-11-25.zip, 3 bytes.');
  });

  it('that is thought better of does nothing', async () => {
    const { state, show, fail } = transfer({});
    await state.export(shop);
    expect([state.exporting, show.mock.calls.length, fail.mock.calls.length]).toEqual(['', 0, 0]);
  });

  it('says why it has failed', async () => {
    const refused = new ApiError('unavailable', 'The disk is full.');
    const { state, fail } = transfer({ exportTo: vi.fn().mockRejectedValue(refused) }, { saveFile: async () => ({ path: '/x.zip' }) });
    await state.export(shop);
    expect(fail).toHaveBeenCalledWith(refused);
  });
});

describe('an import', () => {
  it('leads to the project', async () => {
    const importFrom = vi.fn(async () => shop);
    const { state, arrived, show } = transfer({ importFrom });
    await state.import();
    expect(importFrom).toHaveBeenCalledWith('/media/stick/tide-table-2026-11-25.zip', '');
    expect(arrived).toHaveBeenCalledWith(shop);
    expect(show).toHaveBeenCalledWith('“Tide table” is here, with its history.');
    expect(state.file).toBeUndefined();
  });

  it('sends the file itself in a browser', async () => {
    const file = new File(['zip'], 'shop.zip');
    const upload = vi.fn(async () => shop);
    const { state } = transfer({ upload }, { openFile: async () => ({ name: 'shop.zip', file }) });
    await state.import();
    expect(upload).toHaveBeenCalledWith(file, '');
  });

  it('that is in conflict can stand beside what is here', async () => {
    const importFrom = vi.fn<Api['data']['importFrom']>().mockRejectedValueOnce(here).mockResolvedValue(shop);
    const { state, arrived } = transfer({ importFrom });
    await state.import();
    expect([state.conflict, state.importing, state.name]).toEqual([true, false, 'Tide table, as of 2026-11-25']);
    state.name = ' Tide table, old ';
    await state.importAsNew();
    expect(importFrom).toHaveBeenLastCalledWith('/media/stick/tide-table-2026-11-25.zip', 'Tide table, old');
    expect(arrived).toHaveBeenCalledWith(shop);
    expect([state.file, state.error, state.name]).toEqual([undefined, undefined, '']);
  });

  it('keeps the question open when the name is taken', async () => {
    const taken = new ApiError('conflict', 'There is a project “Shop” already.');
    const { state } = transfer({ importFrom: vi.fn().mockRejectedValueOnce(here).mockRejectedValue(taken) });
    await state.import();
    await state.importAsNew();
    expect([state.error, state.nameError, state.file]).toEqual([here, taken, picked]);
    state.dismiss();
    expect([state.error, state.nameError, state.file]).toEqual([undefined, undefined, undefined]);
  });

  it('of something else says so', async () => {
    const { state } = transfer({ importFrom: vi.fn().mockRejectedValue(new ApiError('invalid', 'holiday.jpg does not hold a project.')) });
    await state.import();
    expect([state.conflict, state.file, state.error?.message]).toEqual([false, picked, 'holiday.jpg does not hold a project.']);
  });

  it('proposes a name that a person would give', async () => {
    const names: string[] = [];
    for (const name of ['harbour_master.zip', 'tide-table-2026-11-25 (1).zip']) {
      const { state } = transfer({ importFrom: vi.fn().mockRejectedValue(here) }, { openFile: async () => ({ name, path: name }) });
      await state.import();
      names.push(state.name);
    }
    expect(names).toEqual(['Harbour master, imported', 'Tide table, as of 2026-11-25']);
  });

  it('that is thought better of does nothing', async () => {
    const { state, fail } = transfer({}, { openFile: async () => undefined });
    await state.import();
    expect([state.file, state.importing, fail.mock.calls.length]).toEqual([undefined, false, 0]);
  });
});

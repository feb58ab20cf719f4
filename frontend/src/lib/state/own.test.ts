import { expect, it, vi } from 'vitest';
import type { Api, OwnChecklist } from '../api';
import { OwnState } from './own.svelte';

const list = (version: number, done: number): OwnChecklist => ({ id: 'mastery', title: 'Mastery', version, html: '', items: [], done });

it('ticks on top of the version that is shown, one box at a time', async () => {
  const tickOwn = vi.fn(async () => list(2, 1));
  const state = new OwnState({ library: { own: async () => [list(0, 0)], tickOwn } } as unknown as Api, { fail: vi.fn() });
  await state.load();
  await Promise.all([state.toggle('mastery', 7, 'open'), state.toggle('mastery', 9, 'open'), state.toggle('nothing', 1, 'open')]);
  expect(tickOwn.mock.calls).toEqual([[{ id: 'mastery', offset: 7, version: 0, done: true }]]);
  expect(state.list[0]?.done).toBe(1);
  await state.toggle('mastery', 7, 'done');
  expect(tickOwn).toHaveBeenLastCalledWith({ id: 'mastery', offset: 7, version: 2, done: false });
});

it('tells why a tick did not work, and looks again', async () => {
  const fail = vi.fn();
  const own = vi.fn(async () => [list(3, 2)]);
  const state = new OwnState({ library: { own, tickOwn: async () => Promise.reject(new Error('no')) } } as unknown as Api, { fail });
  await state.load();
  await state.toggle('mastery', 7, 'open');
  expect(fail).toHaveBeenCalledOnce();
  expect(own).toHaveBeenCalledTimes(2);
  expect(state.busy).toBe(false);
});

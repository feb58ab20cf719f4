import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type Settings } from '../api';
import { SettingsState } from './settings.svelte';

const refused = new ApiError('invalid', '“900” is not a number from 0 to 366.');

describe('a setting', () => {
  it('that is refused keeps its old value and says why, until the typing is taken back', async () => {
    const set = vi.fn().mockRejectedValue(refused);
    const settings = new SettingsState({ settings: { set } } as unknown as Api);
    expect(await settings.set('dailyBackups', 900)).toBe(false);
    expect([settings.value.dailyBackups, settings.errors.dailyBackups]).toEqual([7, refused]);
    settings.forgive('dailyBackups');
    expect(settings.errors.dailyBackups).toBeUndefined();
  });

  it('is sent as text, and is as the backend has kept it', async () => {
    const set = vi.fn(async (_key: string, value: string) => ({ dailyBackups: Number(value) }) as Settings);
    const settings = new SettingsState({ settings: { set } } as unknown as Api);
    expect(await settings.set('dailyBackups', 14)).toBe(true);
    expect(set).toHaveBeenCalledWith('dailyBackups', '14');
    expect(settings.value.dailyBackups).toBe(14);
  });
});

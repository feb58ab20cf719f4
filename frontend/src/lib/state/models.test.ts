import { describe, expect, it, vi } from 'vitest';
import type { Event, ModelStatus, Settings } from '../api';
import { Models } from './models.svelte';

const at = (url: string) => ({ url, running: true, models: [], default: 'tiny' }) as unknown as ModelStatus;
const settings = (ollamaUrl: string) => ({ settings: { ollamaUrl } as Settings }) as Event;

describe('the models', () => {
  it('are asked for anew when the address is changed elsewhere', async () => {
    const status = vi.fn().mockResolvedValueOnce(at('http://127.0.0.1:1')).mockResolvedValueOnce(at('http://127.0.0.1:2'));
    const models = new Models({ models: { status } });
    await models.load();
    models.apply(settings('http://127.0.0.1:1'));
    expect(status).toHaveBeenCalledTimes(1);
    models.apply(settings('http://127.0.0.1:2'));
    await vi.waitFor(() => expect(models.status?.url).toBe('http://127.0.0.1:2'));
  });

  it('are looked for again when somebody comes back and none was there', async () => {
    const none = { ...at('http://127.0.0.1:1'), running: false };
    const status = vi.fn().mockResolvedValueOnce(none).mockResolvedValueOnce(none).mockResolvedValueOnce(at('http://127.0.0.1:1'));
    const models = new Models({ models: { status } });
    await models.back();
    expect(status).not.toHaveBeenCalled();
    await models.load();
    await models.back();
    expect(status).toHaveBeenLastCalledWith(true);
    await models.back();
    expect(models.default).toBe('tiny');
    await models.back();
    expect(status).toHaveBeenCalledTimes(3);
  });
});

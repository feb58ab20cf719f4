import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, EventStream } from '../api';
import { createFake } from '../api/fake';
import { AppState } from './app.svelte';
import type { Place } from './router.svelte';

const place: Place = { hash: () => '#/', go: () => undefined, replace: () => undefined, listen: () => () => undefined };
const desk = { copy: async () => undefined, paste: async () => '', open: () => undefined, title: () => undefined, openFile: async () => undefined, saveFile: async () => undefined, keepFile: () => undefined };

function setUp() {
  const fake = createFake();
  const app = new AppState({ api: fake.api, events: new EventStream(fake.source, fake.api.events.since), desk, place, mac: false });
  return { fake, app };
}

describe('AppState', () => {
  afterEach(() => vi.useRealTimers());

  it('loads what every screen needs', async () => {
    const { app } = setUp();
    await app.open();
    expect(app.ready).toBe(true);
    expect(app.projects.list.map((one) => one.project.name)).toEqual(['Tidewatch', 'Ledgerline', 'Fernote', 'Kilnlog']);
    expect(app.settings.loaded).toBe(true);
  });

  it('tells why nothing works, and has it tried again', async () => {
    const { app, fake } = setUp();
    const { info, retry } = fake.api.app;
    const refuse = (message: string) => async () => {
      throw new ApiError('unavailable', message, 'Close the other Plumbline.');
    };
    fake.api.app.info = refuse('The data folder cannot be opened.');
    fake.api.app.retry = refuse('It still cannot be opened.');
    await app.open();
    expect(app.ready).toBe(false);
    expect(app.problem?.message).toBe('The data folder cannot be opened.');
    await app.retry();
    expect(app.problem?.message).toBe('It still cannot be opened.');
    fake.api.app.retry = async () => {
      fake.api.app.info = info; // only the retry opens it
      return retry();
    };
    await app.retry();
    expect(app.ready).toBe(true);
    expect(app.problem).toBeUndefined();
  });

  it('follows the events', async () => {
    const { app, fake } = setUp();
    await app.open();
    const id = app.projects.list[3]?.project.id ?? '';
    await fake.api.projects.rename(id, 'Kilnbook');
    expect(app.projects.overview(id)?.project.name).toBe('Kilnbook');
  });

  it('shows a notice of the backend', async () => {
    vi.useFakeTimers();
    const { app, fake } = setUp();
    await app.open();
    fake.world.emit('', { notice: { level: 'error', message: 'The disk is full.', hint: 'Make room.' } });
    expect(app.toasts.list).toMatchObject([{ message: 'The disk is full.', hint: 'Make room.', tone: 'red' }]);
    vi.advanceTimersByTime(6000);
    expect(app.toasts.list).toEqual([]);
  });

  it('keeps toasts while they are held', () => {
    vi.useFakeTimers();
    const { app } = setUp();
    app.toasts.show('Restored.');
    app.toasts.hold(true);
    vi.advanceTimersByTime(20_000);
    expect(app.toasts.list).toHaveLength(1);
    app.toasts.hold(false);
    vi.advanceTimersByTime(6000);
    expect(app.toasts.list).toHaveLength(0);
  });

  it('knows whether a model writes', async () => {
    const { app, fake } = setUp();
    await app.open();
    const id = app.projects.list[0]?.project.id ?? '';
    const run = await fake.api.runs.start(id, 'spec', '');
    expect(app.projects.writing).toBe(true);
    await fake.api.runs.cancel(run.id);
    expect(app.projects.writing).toBe(false);
  });
});

describe('SettingsState', () => {
  it('saves at once', async () => {
    const { app, fake } = setUp();
    await app.open();
    expect(await app.settings.set('theme', 'dark')).toBe(true);
    expect((await fake.api.settings.show()).theme).toBe('dark');
  });

  it('keeps the old value and the reason when it is refused', async () => {
    const { app } = setUp();
    await app.open();
    expect(await app.settings.set('ollamaUrl', 'nonsense')).toBe(false);
    expect(app.settings.value.ollamaUrl).toBe('http://127.0.0.1:11434');
    expect(app.settings.errors.ollamaUrl?.code).toBe('invalid');
    expect(await app.settings.set('ollamaUrl', 'http://127.0.0.1:9999')).toBe(true);
    expect(app.settings.errors.ollamaUrl).toBeUndefined();
  });
});

describe('Models', () => {
  it('has no default when Ollama does not run', async () => {
    const fake = createFake({ ollama: false });
    const app = new AppState({ api: fake.api, events: new EventStream(fake.source, fake.api.events.since), desk, place, mac: false });
    await app.models.load();
    expect(app.models.running).toBe(false);
    expect(app.models.default).toBe('');
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { Api, Run } from '../api';
import { ApiError } from '../api';
import { answer, blocks, event, run, settled } from './fake-parts';
import { PasteState, phaseRuns, RunsState } from './runs.svelte';

function backend(list: Run[]) {
  const runs = {
    list: vi.fn(async () => list),
    blocks: vi.fn(async () => blocks({})),
    show: vi.fn(async (id: string) => ({ run: list.find((one) => one.id === id) ?? run(id, { state: 'succeeded' }), html: '<p></p>', thinking: '' })),
    start: vi.fn(async () => run('new', { state: 'queued' })),
    cancel: vi.fn(async (id: string) => run(id, { state: 'canceled' })),
    answer: vi.fn(async (id: string) => run(id, { state: 'succeeded', provider: 'paste' })),
  };
  return { runs, api: { runs } as unknown as Pick<Api, 'runs'> };
}

describe('RunsState', () => {
  it('shows the active run first, then one that waits, then the newest', async () => {
    const old = run('old', { state: 'succeeded' });
    for (const [list, want] of [
      [[old, run('wait', { state: 'waiting' }), run('act', { state: 'running' })], 'act'],
      [[old, run('wait', { state: 'waiting' })], 'wait'],
      [[old], 'old'],
    ] as const) {
      const { api } = backend([...list]);
    const state = new RunsState(api, phaseRuns(api, 'p1', 'spec'));
      await state.load();
      expect(state.shown?.run.id).toBe(want);
    }
  });

  it('starts a run once and shows it', async () => {
    const { runs, api } = backend([]);
    const state = new RunsState(api, phaseRuns(api, 'p1', 'spec'));
    const slow = answer<Run>();
    runs.start.mockReturnValueOnce(slow.promise);
    const first = state.start('tiny');
    expect(await state.start('tiny')).toBe(false);
    slow.give(run('new', { state: 'queued' }));
    expect(await first).toBe(true);
    expect(state.active?.id).toBe('new');
    expect(state.shown?.run.id).toBe('new');
  });

  it('lists a run once when its event comes before the answer of the call', async () => {
    const { runs, api } = backend([]);
    const state = new RunsState(api, phaseRuns(api, 'p1', 'spec'));
    const slow = answer<Run>();
    runs.start.mockReturnValueOnce(slow.promise);
    const started = state.start('');
    state.apply(event({ run: run('new', { state: 'succeeded' }) }));
    slow.give(run('new', { state: 'queued' }));
    await started;
    expect(state.runs.map((one) => [one.id, one.state])).toEqual([['new', 'succeeded']]);
  });

  it('does not let the answer of a call undo what an event has told', async () => {
    const { runs, api } = backend([]);
    const state = new RunsState(api, phaseRuns(api, 'p1', 'spec'));
    const slow = answer<Run>();
    runs.start.mockReturnValueOnce(slow.promise);
    const started = state.start('');
    state.apply(event({ run: run('new', { state: 'running' }) }));
    slow.give(run('new', { state: 'queued' }));
    await started;
    expect(state.runs[0]?.state).toBe('running');
    expect(state.shown?.run.state).toBe('running');
  });

  it('leaves runs of other phases alone', () => {
    const { api } = backend([]);
    const state = new RunsState(api, phaseRuns(api, 'p1', 'spec'));
    state.apply(event({ run: run('x', { phase: 'plan' }) }));
    expect(state.runs).toEqual([]);
  });

  it('says why a run could not start', async () => {
    const { runs, api } = backend([]);
    runs.start.mockRejectedValueOnce(new ApiError('unavailable', 'Ollama does not answer.'));
    const state = new RunsState(api, phaseRuns(api, 'p1', 'spec'));
    expect(await state.start('')).toBe(false);
    expect(state.error?.message).toBe('Ollama does not answer.');
    expect(state.busy).toBe('');
  });

  it('stops the active run and keeps it in the list', async () => {
    const { api } = backend([run('act')]);
    const state = new RunsState(api, phaseRuns(api, 'p1', 'spec'));
    await state.load();
    await state.stop();
    await settled();
    expect(state.active).toBeUndefined();
    expect(state.runs[0]?.state).toBe('canceled');
  });
});

describe('PasteState', () => {
  it('hands the text over with its source', async () => {
    const { runs, api } = backend([]);
    const paste = new PasteState(api);
    paste.edit('# Spec');
    paste.model = ' claude ';
    expect((await paste.send(run('r1', { state: 'waiting' })))?.state).toBe('succeeded');
    expect(runs.answer).toHaveBeenCalledWith('r1', { text: '# Spec', model: 'claude', anyway: false });
    expect(paste.text).toBe('');
  });

  it('keeps a refused text and takes it anyway where that is allowed', async () => {
    const { runs, api } = backend([]);
    runs.answer.mockRejectedValueOnce(new ApiError('conflict', 'The answer looks cut.', 'Copy it again, or take it anyway.'));
    const paste = new PasteState(api);
    paste.edit('# Sp');
    expect(await paste.send(run('r1'))).toBeUndefined();
    expect(paste.text).toBe('# Sp');
    expect(paste.doubted).toBe(true);
    await paste.send(run('r1'), true);
    expect(runs.answer).toHaveBeenLastCalledWith('r1', { text: '# Sp', model: '', anyway: true });
  });

  it('does not offer to take a text that cannot be right', async () => {
    const { runs, api } = backend([]);
    runs.answer.mockRejectedValueOnce(new ApiError('invalid', 'This is the prompt itself.'));
    const paste = new PasteState(api);
    paste.edit('prompt');
    await paste.send(run('r1'));
    expect(paste.doubted).toBe(false);
  });

  it('outlives leaving the page until it is taken', async () => {
    const { runs, api } = backend([]);
    const kept = new Map<string, string>();
    const shelf = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
    const open = (id: string) => {
      const paste = new PasteState(api);
      paste.resume(id, shelf);
      return paste;
    };
    runs.answer.mockRejectedValueOnce(new ApiError('conflict', 'The answer looks cut.'));
    const first = open('r1');
    first.edit('# Sp');
    await first.send(run('r1'));
    expect(open('r2').text).toBe('');
    const again = open('r1');
    expect(again.text).toBe('# Sp');
    await again.send(run('r1'), true);
    expect(open('r1').text).toBe('');
    expect(kept.size).toBe(0);
  });

  it('sends nothing empty', async () => {
    const { runs, api } = backend([]);
    const paste = new PasteState(api);
    paste.edit('  ');
    await paste.send(run('r1'));
    expect(runs.answer).not.toHaveBeenCalled();
  });
});

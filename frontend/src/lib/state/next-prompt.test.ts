import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type NextPrompt } from '../api';
import { answer, run, settled } from './fake-parts';
import { BatchState, PerspectivesState } from './batch.svelte';
import { NextState } from './next-prompt.svelte';
import { PracticeState } from './practice.svelte';

const next: NextPrompt = { kind: 'findings', default: 'fix', prompts: ['fix', 'task'] };

function backend(more: Partial<Api['library']> = {}) {
  const look = vi.fn(async () => next);
  const library = { next: look, start: vi.fn(async () => run('r2')), copy: vi.fn(async () => run('r3')), fill: vi.fn(async () => ({ text: 'the text' })), ...more };
  const copied: string[] = [];
  return { look, library, copied, state: new NextState({ library } as unknown as Api, { copy: async (text) => void copied.push(text) }) };
}

describe('turning a text into the next prompt', () => {
  it('says what the text is, and proposes what fits best', async () => {
    const { state } = backend();
    await state.show({ runId: 'r1', title: 'Audit' }, 'p1');
    expect([state.open, state.kind, state.chosen]).toEqual([true, 'a list of findings', 'fix']);
  });

  it('runs the chosen meta-prompt on it, in the project', async () => {
    const { library, state } = backend();
    await state.show({ runId: 'r1' }, 'p1');
    state.chosen = 'task';
    expect((await state.run())?.id).toBe('r2');
    expect(library.start).toHaveBeenCalledWith(expect.objectContaining({ promptId: 'task', projectId: 'p1', given: expect.objectContaining({ runId: 'r1' }) }));
    expect(state.open).toBe(false);
  });

  it('copies it for a chat', async () => {
    const { copied, state } = backend();
    await state.show({ text: 'pasted' }, '');
    expect((await state.copy())?.id).toBe('r3');
    expect(copied).toEqual(['the text']);
  });

  it('stays open with the reason when it is refused', async () => {
    const { state } = backend({ start: async () => { throw new ApiError('invalid', 'Rules are missing.'); } });
    await state.show({ text: 'x' }, '');
    expect(await state.run()).toBeUndefined();
    expect([state.open, state.busy, state.error?.message]).toEqual([true, '', 'Rules are missing.']);
  });

  it('leaves out an answer about a text that is not asked about any more', async () => {
    const first = answer<NextPrompt>();
    const { look, state } = backend();
    look.mockReturnValueOnce(first.promise);
    const asking = state.show({ text: 'one' }, '');
    await state.show({ text: 'two' }, '');
    first.give({ kind: 'tasks', default: 'task', prompts: ['task'] });
    await asking;
    expect(state.chosen).toBe('fix');
  });
});

describe('several people', () => {
  it('are chosen, and start as one batch', async () => {
    const startBatch = vi.fn(async () => ({ id: 'b1' }) as never);
    const state = new PerspectivesState({ library: { startBatch } } as unknown as Api);
    const order = { promptId: 'audit', prompt: '', projectId: '', persona: '', model: '' };
    expect(await state.start(order)).toBeUndefined();
    ['a', 'b', 'a'].forEach(state.toggle);
    expect((await state.start(order))?.id).toBe('b1');
    expect(startBatch).toHaveBeenCalledWith({ order, personas: ['b'] });
  });

  it('are looked at again when one of their runs changes, and no other', async () => {
    const batch = vi.fn(async () => ({ id: 'b1', runs: [run('r1', { state: 'succeeded' }), run('r2')] }) as never);
    const state = new BatchState({ library: { batch } } as unknown as Api, 'b1');
    await state.load();
    expect(state.ended).toBe(1);
    state.apply({ epoch: '', seq: 1, projectId: '', run: run('r9') });
    state.apply({ epoch: '', seq: 2, projectId: '', run: run('r2', { batchId: 'b1' }) });
    await settled();
    expect(batch).toHaveBeenCalledTimes(2);
  });
});

it('practice lists what is due, and looks again after a run of it', async () => {
  const practice = vi.fn(async () => [{ promptId: 'daily', due: true }, { promptId: 'weekly', due: false }] as never);
  const state = new PracticeState({ library: { practice } } as unknown as Api);
  await state.load();
  expect(state.due.map((one) => one.promptId)).toEqual(['daily']);
  state.apply({ epoch: '', seq: 1, projectId: '', run: run('r1', { promptId: 'other' }) });
  state.apply({ epoch: '', seq: 2, projectId: '', run: run('r2', { promptId: 'daily' }) });
  expect(practice).toHaveBeenCalledTimes(2);
});

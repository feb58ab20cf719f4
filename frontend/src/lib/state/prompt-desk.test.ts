import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type FilledPrompt, type FilledVariable, type PromptOrder } from '../api';
import { answer, run } from './fake-parts';
import { fillMillis, keepMillis, PromptDesk } from './prompt-desk.svelte';

function filledOf(order: PromptOrder, change: Partial<FilledVariable> = {}): FilledPrompt {
  const value = order.values?.code ?? '';
  const variable = { name: 'code', type: 'long-text', label: 'Code', help: '', required: true, default: '', options: [], source: '', example: '' };
  const one: FilledVariable = { variable, value, from: value ? 'user' : 'none', label: '', path: '', version: 0, tokens: 0, missing: value === '', ...change };
  const context = { parts: [], prompt: 10, reserve: 5, window: 100, limit: 100, fits: true, over: 0 };
  return { promptId: order.promptId, projectId: order.projectId, title: 'Audit', variables: [one], missing: [], text: `Read ${value}`, spans: [], hash: `h${value}`, size: 9, context, model: 'tiny' };
}

function backend(given?: ConstructorParameters<typeof PromptDesk>[4]) {
  const library = {
    detail: vi.fn(async () => ({}) as never),
    fill: vi.fn<Api['library']['fill']>(async (order) => filledOf(order)),
    keep: vi.fn<Api['library']['keep']>(async (order) => filledOf(order)),
    copy: vi.fn<Api['library']['copy']>(async (order) => run('r1', { projectId: 'library', promptId: 'audit', phase: '', state: 'waiting', promptHash: `h${order.values?.code ?? ''}` })),
    start: vi.fn<Api['library']['start']>(async () => run('r2', { projectId: 'library', promptId: 'audit', phase: '' })),
    runs: vi.fn(async () => []),
  };
  const runs = { blocks: async () => answer().promise, show: async () => answer().promise };
  const copied: string[] = [];
  const desk = { copy: async (text: string) => void copied.push(text) };
  return { library, copied, state: new PromptDesk({ library, runs } as unknown as Api, desk, 'audit', '', given) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the form of a prompt', () => {
  it('asks for the kept values first, and from then on sends its own', async () => {
    const { library, state } = backend();
    library.fill.mockImplementationOnce(async (order) => filledOf({ ...order, values: { code: 'kept' } }));
    await state.load();
    expect(library.fill.mock.calls[0]?.[0]).not.toHaveProperty('values');
    state.chooseModel('large');
    expect(library.fill.mock.lastCall?.[0]).toMatchObject({ values: { code: 'kept' }, model: 'large' });
  });

  it('assembles the text soon after typing, and keeps the values a little later', async () => {
    const { library, state } = backend();
    await state.load();
    expect(state.reason).toBe('Code is missing.');
    state.type('code', 'm');
    state.type('code', 'main.go');
    expect(state.missing).toEqual([]);
    await vi.advanceTimersByTimeAsync(fillMillis);
    expect(library.fill).toHaveBeenCalledTimes(2);
    expect(state.filled?.text).toBe('Read main.go');
    expect(library.keep).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(keepMillis);
    expect(library.keep.mock.lastCall?.[0].values).toEqual({ code: 'main.go' });
    expect(state.keeping).toBe('kept');
  });

  it('is not overtaken by an earlier answer', async () => {
    const { library, state } = backend();
    await state.load();
    const slow = answer<FilledPrompt>();
    library.fill.mockReturnValueOnce(slow.promise);
    state.type('code', 'a');
    await vi.advanceTimersByTimeAsync(fillMillis);
    state.type('code', 'ab');
    await vi.advanceTimersByTimeAsync(fillMillis);
    slow.give(filledOf({ promptId: 'audit', prompt: '', projectId: '', persona: '', model: '', values: { code: 'a' } }));
    await vi.advanceTimersByTimeAsync(0);
    expect(state.filled?.text).toBe('Read ab');
  });

  it('says when the values could not be kept, and tries again before a run', async () => {
    const { library, state } = backend();
    await state.load();
    library.keep.mockRejectedValueOnce(new ApiError('invalid', 'A number is expected.'));
    state.type('code', 'x');
    await vi.advanceTimersByTimeAsync(keepMillis);
    expect([state.keeping, state.fillError?.message]).toEqual(['failed', 'A number is expected.']);
    expect(await state.run()).toBe(true);
    expect(library.keep).toHaveBeenCalledTimes(2);
  });
});

describe('copying', () => {
  it('asks once when something is missing, then copies all the same', async () => {
    const { library, copied, state } = backend();
    await state.load();
    expect(await state.copy()).toBeUndefined();
    expect([state.asking, library.copy.mock.calls.length]).toEqual([true, 0]);
    expect((await state.copy())?.id).toBe('r1');
    expect(copied).toEqual(['Read ']);
    expect(state.asking).toBe(false);
  });

  it('copies what is in the form, also when it has just been typed', async () => {
    const { copied, state } = backend();
    await state.load();
    state.type('code', 'main.go');
    await state.copy();
    expect(copied).toEqual(['Read main.go']);
    expect(state.runs.waiting?.id).toBe('r1');
  });
});

describe('the order', () => {
  it('carries the text it is applied to until that is dropped', async () => {
    const { library, state } = backend({ runId: 'r0', projectId: '', path: '', version: 0, title: 'Findings', hash: '' });
    await state.load();
    expect(state.order().given?.runId).toBe('r0');
    state.dropGiven();
    expect(library.fill.mock.lastCall?.[0]).not.toHaveProperty('given');
    state.adopt({ runId: 'r9', projectId: '', path: '', version: 0, title: '', hash: '' });
    expect(state.order().given?.runId).toBe('r9');
  });

  it('names a document that is a prompt by its path', () => {
    const { library } = backend();
    const state = new PromptDesk({ library } as unknown as Api, { copy: async () => undefined }, 'prompts/fix-01.md', 'p1');
    expect(state.order()).toMatchObject({ promptId: '', prompt: 'prompts/fix-01.md', projectId: 'p1' });
  });

  it('is not run while something is missing', async () => {
    const { library, state } = backend();
    await state.load();
    expect(await state.run()).toBe(false);
    expect(library.start).not.toHaveBeenCalled();
  });
});

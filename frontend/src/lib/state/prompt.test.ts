import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Api, FilledVariable, PromptText } from '../api';
import { ApiError } from '../api';
import { overMessage, PromptState } from './prompt.svelte';
import { partsOf, piecesOf } from './prompt-parts';

function filled(name: string, value: string, change: Partial<FilledVariable> = {}): FilledVariable {
  return {
    variable: { name, type: 'text', label: name, help: '', required: true, default: '', options: [], source: '', example: '' },
    value,
    from: 'user',
    label: '',
    path: '',
    version: 0,
    tokens: 0,
    missing: value === '',
    ...change,
  };
}

function prompt(text: string, spans: PromptText['spans'], variables: FilledVariable[]): PromptText {
  const context = { parts: [], prompt: 10, reserve: 5, window: 100, limit: 100, fits: true, over: 0 };
  return {
    prompt: { projectId: 'p1', phase: 'spec', promptId: 'spec', title: '', summary: '', revision: '', variables, missing: [], hash: 'h', size: 1, context, model: 'tiny' },
    text,
    spans,
  };
}

describe('partsOf', () => {
  it('cuts at byte offsets, also behind characters of several bytes', () => {
    const parts = partsOf({ text: 'Größe: hoch. Ende', spans: [{ name: 'size', start: 9, end: 13 }], variables: [filled('size', 'hoch')] });
    expect(parts.map((part) => [part.name, part.text])).toEqual([
      ['', 'Größe: '],
      ['size', 'hoch'],
      ['', '. Ende'],
    ]);
  });

  it('folds artifacts and long values, and names their source', () => {
    const request = filled('request', '', { label: 'Request v3', tokens: 2310, missing: false, variable: { ...filled('request', '').variable, type: 'artifact' } });
    const [part] = partsOf({ text: 'short', spans: [{ name: 'request', start: 0, end: 5 }], variables: [request] });
    expect(part).toMatchObject({ label: 'Request v3', tokens: 2310, long: true });
  });

  it('leaves out empty spans', () => {
    const parts = partsOf({ text: 'ab', spans: [{ name: 'none', start: 1, end: 1 }], variables: [] });
    expect(parts.map((part) => part.text)).toEqual(['a', 'b']);
  });
});

it('cuts the text of the template for reading and loses nothing', () => {
  const text = 'You write.\n\n# Input\n\n<name>\nOne\ntwo\n';
  const cut = piecesOf(text);
  expect(cut.map((piece) => piece.kind)).toEqual(['text', 'gap', 'heading', 'gap', 'tag', 'text']);
  expect(cut.map((piece) => piece.text).join('')).toBe(text);
});

describe('overMessage', () => {
  const plan = { parts: [], prompt: 20, reserve: 5, window: 10, limit: 10, fits: false, over: 3100 };
  it('says by how much and what to do', () => {
    expect(overMessage(plan, 'qwen2.5-coder:14b')).toBe(
      'This prompt is 3,100 tokens too long for qwen2.5-coder:14b. Leave out an input or choose a model with a larger window.',
    );
    expect(overMessage({ ...plan, limit: 40 }, '')).toContain('choose a larger context');
    expect(overMessage({ ...plan, fits: true, over: 0 }, 'x')).toBe('');
  });
});

function backend() {
  const prompts = {
    show: vi.fn<Api['prompts']['show']>(async () => prompt('text', [], [filled('idea', '')])),
    fill: vi.fn<Api['prompts']['fill']>(async (...[, , values]) => prompt('text', [], [filled('idea', values.idea ?? '')])),
  };
  return { prompts, state: new PromptState({ prompts } as unknown as Pick<Api, 'prompts'>, 'p1', 'spec') };
}

describe('PromptState', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('saves a value a moment after typing and shows it meanwhile', async () => {
    const { prompts, state } = backend();
    await state.load();
    expect(state.missing).toHaveLength(1);
    state.fill('idea', 'Ti');
    state.fill('idea', 'Tides');
    expect(state.valueOf(state.variables[0] as FilledVariable)).toBe('Tides');
    expect(state.missing).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(300);
    expect(prompts.fill.mock.calls).toEqual([['p1', 'spec', { idea: 'Tides' }]]);
    expect(state.keeping).toBe('kept');
  });

  it('saves what is typed before a run', async () => {
    const { prompts, state } = backend();
    await state.load();
    state.fill('idea', 'Tides');
    await state.flush();
    expect(prompts.fill).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(prompts.fill).toHaveBeenCalledTimes(1);
  });

  it('keeps what was typed when it cannot be saved', async () => {
    const { prompts, state } = backend();
    await state.load();
    prompts.fill.mockRejectedValueOnce(new ApiError('invalid', 'A number is expected.'));
    state.fill('idea', 'x');
    await vi.advanceTimersByTimeAsync(300);
    expect(state.keeping).toBe('failed');
    expect(state.valueOf(state.variables[0] as FilledVariable)).toBe('x');
    expect(state.error?.message).toBe('A number is expected.');
  });

  it('plans for the model that is chosen', async () => {
    const { prompts, state } = backend();
    await state.choose('large');
    expect(prompts.show).toHaveBeenLastCalledWith('p1', 'spec', 'large');
  });
});

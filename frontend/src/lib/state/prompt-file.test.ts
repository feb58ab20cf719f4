import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type PromptDetail } from '../api';
import { card } from './fake-parts';
import { lineOf, newPrompt, PromptFile, UpgradeState } from './prompt-file.svelte';

const detail = (version: number, text = 'old'): PromptDetail => ({ card: card('mine', { path: 'prompts/mine.md', version }), text }) as PromptDetail;

function backend(save: Api['library']['save']) {
  const artifacts = { draft: async () => ({ projectId: 'library', path: '', base: -1, body: '', at: '' }), keepDraft: vi.fn(async () => ({})), dropDraft: vi.fn(async () => ({})) };
  const saved: PromptDetail[] = [];
  return { saved, artifacts, file: new PromptFile({ artifacts, library: { save } } as unknown as Api, detail(3), (one) => saved.push(one)) };
}

describe('the file of a prompt', () => {
  it('is saved by its id, as a version on top of the one it began from', async () => {
    const save = vi.fn(async () => detail(4, 'new'));
    const { file, saved, artifacts } = backend(save);
    await file.open();
    file.draft?.type('new');
    const version = await file.draft?.save('Say it shorter');
    expect(save).toHaveBeenCalledWith('mine', { text: 'new', message: 'Say it shorter', base: 3 });
    expect([version?.number, saved[0]?.card.version, artifacts.dropDraft.mock.calls.length]).toEqual([4, 4, 1]);
  });

  it('keeps the text and names the line when it is refused', async () => {
    const { file } = backend(async () => {
      throw new ApiError('invalid', 'prompts/mine.md:4: there is no key “tittle”.', 'Perhaps “title”.');
    });
    await file.open();
    file.draft?.type('bad');
    expect(await file.draft?.save('')).toBeUndefined();
    expect([file.draft?.body, file.line]).toEqual(['bad', 4]);
  });
});

it('finds the line a message is about', () => {
  expect([lineOf('Line 12: no.'), lineOf('tidy.md:7 is wrong'), lineOf('All is wrong.')]).toEqual([12, 7, 0]);
});

it('begins a new prompt with an id of its title', () => {
  const { id, text } = newPrompt('Prüfe “diese” Migration!');
  expect(id).toBe('prufe-diese-migration');
  expect(text).toContain('title: "Prüfe “diese” Migration!"');
  expect(newPrompt('…').id).toBe('prompt');
});

it('takes over what changed in the built-in prompt', async () => {
  const takeOver = vi.fn(async () => detail(5));
  const upgrade = async () => ({ card: card('mine', { version: 4 }), merged: 'both' });
  const state = new UpgradeState({ library: { upgrade, takeOver } } as unknown as Api, 'mine');
  await state.load();
  expect((await state.takeOver())?.card.version).toBe(5);
  expect(takeOver).toHaveBeenCalledWith('mine', expect.objectContaining({ text: 'both', base: 4 }));
});

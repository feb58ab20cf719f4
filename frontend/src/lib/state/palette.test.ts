import { describe, expect, it, vi } from 'vitest';
import type { Api, PromptHit } from '../api';
import { type Command, Commands } from './commands.svelte';
import { answer } from './fake-parts';
import { PaletteState } from './palette.svelte';

const prompt = (id: string, title: string): Command => ({ id: `library ${id}`, group: 'Prompts', title, icon: 'book', prompt: id, run: vi.fn() });
const hit = (id: string, title: number[] = []): PromptHit => ({ id, title, summary: [] });
const list: Command[] = [
  { id: 'spec', group: 'Go to', title: 'Spec', icon: 'document', run: vi.fn() },
  { id: 'theme', group: 'Settings', title: 'Settings: security', icon: 'settings', run: vi.fn() },
  prompt('spec', 'Write the spec'),
  prompt('plan', 'Plan the steps'),
  prompt('audit', 'Vérifier la security'),
];

function palette(search: Api['library']['search']) {
  const commands = new Commands();
  commands.provide(() => list);
  commands.open = true;
  return new PaletteState(commands, { library: { search } } as unknown as Api);
}

const titles = (state: PaletteState): string[] => state.rows.map((one) => one.title);

describe('the palette', () => {
  it('finds prompts with the search of the library, whatever they are called', async () => {
    const search = vi.fn(async () => [hit('audit')]);
    const state = palette(search);
    state.type('securty');
    await state.pending;
    expect(search).toHaveBeenCalledWith('securty');
    expect(titles(state)).toEqual(['Vérifier la security']);
    expect(state.selected?.prompt).toBe('audit');
  });

  it('keeps the order of the search, behind what is called so', async () => {
    const state = palette(async () => [hit('plan'), hit('audit', [13, 21])]);
    state.type('security');
    await state.pending;
    expect(titles(state)).toEqual(['Settings: security', 'Plan the steps', 'Vérifier la security']);
    expect(state.groups[1]?.[1][1]?.marks).toEqual([[12, 20]]);
  });

  it('lists at once what it can tell without the search', async () => {
    const slow = answer<PromptHit[]>();
    const state = palette(() => slow.promise);
    state.type('spec');
    expect(titles(state)).toEqual(['Spec', 'Write the spec']);
    slow.give([hit('plan')]);
    await state.pending;
    expect(titles(state)).toEqual(['Spec', 'Plan the steps']);
  });

  it('does not search for actions, models, or nothing', () => {
    const search = vi.fn(async () => []);
    const state = palette(search);
    for (const query of ['', '/', '> import', '@qwen']) state.type(query);
    expect(search).not.toHaveBeenCalled();
    state.type('/ sp');
    expect(search).toHaveBeenCalledWith('sp');
    expect(titles(state)).toEqual(['Write the spec']);
  });

  it('has a row chosen always: the first, or the one that was moved to', async () => {
    const slow = answer<PromptHit[]>();
    const state = palette(() => slow.promise);
    state.type('/p');
    expect(state.selected?.prompt).toBe('plan');
    slow.give([hit('audit'), hit('spec'), hit('plan')]);
    state.point(list[3] as Command);
    await state.pending;
    expect([titles(state)[0], state.selected?.prompt]).toEqual(['Vérifier la security', 'plan']);
    state.move(1);
    expect(state.selected?.prompt).toBe('audit');
    state.move(-2);
    expect(state.selected?.prompt).toBe('spec');
    state.type('/pl');
    expect(state.selected?.prompt).toBe('audit');
  });
});

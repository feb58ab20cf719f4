import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type PromptCard, type PromptHit, type Shelf } from '../api';
import { answer, card, event, run, settled } from './fake-parts';
import { Library } from './library.svelte';

const hit = (id: string): PromptHit => ({ id, title: [], summary: [] });

function backend(prompts: PromptCard[], more: Partial<Api['library']> = {}) {
  const shelf: Shelf = { prompts, problems: [], personas: [], packs: [], removed: [card('gone', { path: 'prompts/gone.md' })], dir: '' };
  const load = vi.fn(async () => shelf);
  const library = { shelf: load, ...more };
  return { load, state: new Library({ library } as unknown as Pick<Api, 'library'>) };
}

const titles = (state: Library): string[] => state.groups.map((group) => `${group.title}: ${group.rows.map((row) => row.card.id).join(' ')}`);

describe('the shelf', () => {
  it('has the favourites first, then the groups in their order', async () => {
    const { state } = backend([card('z'), card('mine', { group: 'git' }), card('plan', { group: 'planning' }), card('a', { favourite: true })]);
    await state.load();
    expect(titles(state)).toEqual(['Favourites: a', 'Planning: plan', 'Audits: z', 'Git: mine']);
    expect(state.beside('z', 1)?.id).toBe('mine');
    expect(state.beside('mine', 1)?.id).toBe('mine');
    expect(state.beside('', 1)?.id).toBe('a');
  });

  it('has those that name no group among one’s own', async () => {
    const { state } = backend([card('a', { group: '' }), card('b', { group: 'yours' }), card('c')]);
    await state.load();
    expect(titles(state)).toEqual(['Audits: c', 'Yours: a b']);
    state.choose({ group: 'yours' });
    expect(titles(state)).toEqual(['Yours: a b']);
    expect(state.groupFacets[0]).toEqual({ value: 'yours', label: 'Yours', count: 2 });
  });

  it('is filtered by group, phase, tag and source, and all again', async () => {
    const { state } = backend([card('a', { tags: ['security'], phase: 'review' }), card('b', { source: 'yours' }), card('c', { group: 'meta' })]);
    await state.load();
    state.choose({ tag: 'security' });
    expect(titles(state)).toEqual(['Audits: a']);
    state.choose({ source: 'yours' });
    expect(state.rows).toEqual([]);
    state.clear();
    state.choose({ group: 'meta' });
    expect(titles(state)).toEqual(['Meta-prompts: c']);
    expect(state.groupFacets).toEqual([{ value: 'audits', label: 'Audits', count: 2 }, { value: 'meta', label: 'Meta-prompts', count: 1 }]);
  });

  it('lists those used last first, and the removed ones', async () => {
    const { state } = backend([card('never'), card('old', { uses: 1, usedAt: '2026-11-01T00:00:00Z' }), card('new', { uses: 1, usedAt: '2026-11-20T00:00:00Z' })]);
    await state.load();
    state.choose({ only: 'recent' });
    expect(titles(state)).toEqual(['Used lately: new old']);
    state.choose({ only: 'removed' });
    expect(titles(state)).toEqual(['Removed: gone']);
  });

  it('is loaded once more when it changes while it is on its way', async () => {
    const first = answer<Shelf>();
    const { load, state } = backend([card('a')]);
    await state.load();
    load.mockReturnValueOnce(first.promise);
    state.apply(event({ library: { ids: ['a'] } }));
    state.apply(event({ library: { ids: ['a'] } }));
    first.give({ prompts: [], problems: [], personas: [], packs: [], removed: [], dir: '' });
    await settled();
    expect(load).toHaveBeenCalledTimes(3);
    expect(state.prompts).toHaveLength(1);
  });

  it('counts a run once, however often it is told', async () => {
    const { state } = backend([card('a')]);
    await state.load();
    const one = run('r1', { promptId: 'a', createdAt: '2026-11-20T12:00:00Z' });
    [one, { ...one, state: 'succeeded' }, run('r0', { promptId: 'unknown' })].forEach((told) => state.apply(event({ run: told })));
    expect(state.byId.get('a')).toMatchObject({ uses: 1, usedAt: '2026-11-20T12:00:00Z' });
  });

  it('shows a star at once, and takes it back when it is refused', async () => {
    const favourite = vi.fn().mockRejectedValue(new ApiError('unavailable', 'No.'));
    const { state } = backend([card('a')], { favourite });
    await state.load();
    const going = state.favourite(card('a'));
    expect(state.favourites).toBe(1);
    await expect(going).rejects.toThrow('No.');
    expect(state.favourites).toBe(0);
  });
});

describe('searching', () => {
  it('is settled when the rows are those of the last words', async () => {
    const first = answer<PromptHit[]>();
    const search = vi.fn<Api['library']['search']>(async () => [hit('b')]).mockImplementationOnce(() => first.promise);
    const { state } = backend([card('a'), card('b')], { search });
    await state.load();
    state.search('s');
    state.search('sec');
    const done = state.settled();
    first.give([hit('a')]);
    await done;
    expect(state.rows.map((row) => row.card.id)).toEqual(['b']);
    await state.settled(); // at once, when nothing is asked
  });

  it('asks one thing at a time and never leaves out the last query', async () => {
    const first = answer<PromptHit[]>();
    const search = vi.fn<Api['library']['search']>(async (q) => [hit(q === 'sec' ? 'b' : 'a')]).mockImplementationOnce(() => first.promise);
    const { state } = backend([card('a'), card('b')], { search });
    await state.load();
    state.search('s');
    state.search('se');
    state.search('sec');
    expect(search.mock.calls).toEqual([['s']]);
    first.give([hit('a')]);
    await settled();
    expect(search.mock.calls).toEqual([['s'], ['sec']]);
    expect(titles(state)).toEqual(['Found: b']);
  });

  it('keeps the order of what was found, within the filter, and ends with the query', async () => {
    const { state } = backend([card('a', { group: 'meta' }), card('b'), card('c')], { search: async () => [hit('c'), hit('a'), hit('b'), hit('unknown')] });
    await state.load();
    state.search('x');
    await settled();
    expect(titles(state)).toEqual(['Found: c a b']);
    state.choose({ group: 'audits' });
    expect(titles(state)).toEqual(['Found: c b']);
    state.search('');
    expect(titles(state)).toEqual(['Audits: b c']);
  });
});

import { type Api, type ApiError, type Event, type Persona, type PromptCard, type PromptHit, type PromptSource, type Run, type Shelf, toApiError } from '../api';
import { PromptSearch } from './prompt-search.svelte';

/** Which prompts are listed. Empty strings list all. */
export interface ShelfFilter {
  group: string;
  phase: string;
  tag: string;
  source: '' | PromptSource;
  /** Favourites alone, those used lately, or the removed ones. */
  only: '' | 'favourites' | 'recent' | 'removed';
}

const all: ShelfFilter = { group: '', phase: '', tag: '', source: '', only: '' };

/** A prompt in the list, with the parts of its title and summary that match, as byte offsets. */
export interface ShelfRow {
  card: PromptCard;
  title: number[];
  summary: number[];
}

export interface ShelfGroup {
  id: string;
  title: string;
  rows: ShelfRow[];
}

/** Something to filter by, with how many prompts it would leave. */
export interface Facet {
  value: string;
  label: string;
  count: number;
}

/** The groups in the order of the list; others follow by name. */
const groupOrder = ['pipeline', 'starters', 'planning', 'analysis', 'audits', 'techniques', 'meta', 'agent-task', 'repair', 'practice'];
const groupTitles: Record<string, string> = { meta: 'Meta-prompts', 'agent-task': 'Agent tasks', yours: 'Yours' };
const recentCount = 20;

/** The prompts of the library as a list that is searched and filtered. One for the whole app. */
export class Library {
  shelf = $state.raw<Shelf>();
  error = $state.raw<ApiError>();
  query = $state('');
  filter = $state.raw<ShelfFilter>(all);
  private readonly found: PromptSearch;

  readonly prompts = $derived(this.shelf?.prompts ?? []);
  readonly personas = $derived<Persona[]>(this.shelf?.personas ?? []);
  readonly loaded = $derived(this.shelf !== undefined);
  readonly searching = $derived(this.query.trim() !== '');
  readonly searchError = $derived.by(() => this.found.error);
  readonly favourites = $derived(this.prompts.filter((one) => one.favourite).length);
  readonly filtered = $derived(Object.values(this.filter).some((one) => one !== ''));
  readonly groups = $derived(this.list());
  /** All that is listed, in its order. */
  readonly rows = $derived(this.groups.flatMap((group) => group.rows));
  readonly groupFacets = $derived(facets(this.prompts, (one) => [groupOf(one)], groupTitle));
  readonly phaseFacets = $derived(facets(this.prompts, (one) => [one.phase]));
  readonly tagFacets = $derived(facets(this.prompts, (one) => one.tags, (tag) => tag));
  readonly sourceFacets = $derived(facets(this.prompts, (one) => [one.source]));
  readonly byId = $derived(new Map(this.prompts.map((one) => [one.id, one])));

  private loading: Promise<void> | undefined;
  private stale = false;

  constructor(private readonly api: Pick<Api, 'library'>) {
    this.found = new PromptSearch(api);
  }

  /** Loads the shelf unless it is here. */
  ensure = async (): Promise<void> => {
    if (!this.shelf) await this.load();
  };

  /** Loads the shelf anew. What changes while it is on its way is loaded after it. */
  load = (): Promise<void> => {
    this.stale = this.loading !== undefined;
    this.loading ??= this.fetch().finally(() => {
      this.loading = undefined;
      if (this.stale) void this.load();
    });
    return this.loading;
  };

  apply(event: Event): void {
    if (event.library && this.shelf) void this.load();
    if (event.run) this.count(event.run);
  }

  search = (query: string): void => {
    this.query = query;
    this.found.ask(query);
  };

  /** Resolves when the rows are those of the words typed last. */
  settled = async (): Promise<void> => {
    await this.found.pending;
  };

  choose = (change: Partial<ShelfFilter>): void => {
    this.filter = { ...this.filter, ...change };
  };

  /** Lists everything again. */
  clear = (): void => {
    this.filter = all;
    this.search('');
  };

  /** The prompt before or after one in the list; without it, the first. */
  beside(id: string, by: number): PromptCard | undefined {
    const at = this.rows.findLastIndex((row) => row.card.id === id);
    if (at < 0) return this.rows[0]?.card;
    return this.rows[Math.max(0, Math.min(this.rows.length - 1, at + by))]?.card;
  }

  favourite = async (card: PromptCard): Promise<void> => {
    this.put({ ...card, favourite: !card.favourite });
    try {
      this.put(await this.api.library.favourite(card.id, !card.favourite));
    } catch (cause) {
      this.put(card);
      throw cause;
    }
  };

  /** Takes a newer value of a card. */
  put(card: PromptCard): void {
    if (!this.shelf) return;
    const known = this.shelf.prompts.some((one) => one.id === card.id);
    const prompts = known ? this.shelf.prompts.map((one) => (one.id === card.id ? card : one)) : [...this.shelf.prompts, card];
    this.shelf = { ...this.shelf, prompts };
  }

  /** A run that has begun is a use, of which no other news comes. */
  private count(run: Run): void {
    const card = this.byId.get(run.promptId);
    if (!card || run.kind !== 'first' || !(Date.parse(run.createdAt) > Date.parse(card.usedAt))) return;
    this.put({ ...card, uses: card.uses + 1, usedAt: run.createdAt });
  }

  private async fetch(): Promise<void> {
    try {
      this.shelf = await this.api.library.shelf();
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
      this.stale = false;
    }
    if (this.searching) this.found.ask(this.query);
  }

  private list(): ShelfGroup[] {
    const { only } = this.filter;
    const from = only === 'removed' ? (this.shelf?.removed ?? []) : this.prompts;
    const cards = from.filter((card) => fits(card, this.filter));
    if (this.found.hits && only !== 'removed') return found(cards, this.found.hits);
    if (only === 'removed') return group('removed', 'Removed', cards);
    if (only === 'recent') return group('recent', 'Used lately', recent(cards));
    return grouped(cards, only !== 'favourites');
  }
}

/** Those that were used, the last first. */
export function recent(cards: PromptCard[]): PromptCard[] {
  return cards.filter((one) => one.uses > 0).toSorted((a, b) => Date.parse(b.usedAt) - Date.parse(a.usedAt)).slice(0, recentCount);
}

/** A file that names no group is of somebody who writes prompts of their own. */
function groupOf(card: PromptCard): string {
  return card.group || 'yours';
}

function groupTitle(id: string): string {
  const words = groupTitles[id] ?? id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function group(id: string, title: string, cards: PromptCard[]): ShelfGroup[] {
  return cards.length > 0 ? [{ id, title, rows: cards.map(plain) }] : [];
}

function grouped(cards: PromptCard[], favouritesFirst: boolean): ShelfGroup[] {
  const byGroup = new Map<string, PromptCard[]>();
  const rest = favouritesFirst ? cards.filter((one) => !one.favourite) : cards;
  for (const card of rest) {
    const list = byGroup.get(groupOf(card));
    if (list) list.push(card);
    else byGroup.set(groupOf(card), [card]);
  }
  const ids = [...byGroup.keys()].sort((a, b) => place(a) - place(b) || a.localeCompare(b));
  const groups = ids.flatMap((id) => group(id, groupTitle(id), byGroup.get(id) ?? []));
  return favouritesFirst ? [...group('favourites', 'Favourites', cards.filter((one) => one.favourite)), ...groups] : groups;
}

function place(id: string): number {
  const at = groupOrder.indexOf(id);
  return at < 0 ? groupOrder.length : at;
}

function found(cards: PromptCard[], hits: PromptHit[]): ShelfGroup[] {
  const byId = new Map(cards.map((card) => [card.id, card]));
  const rows = hits.flatMap((hit): ShelfRow[] => {
    const card = byId.get(hit.id);
    return card ? [{ card, title: hit.title, summary: hit.summary }] : [];
  });
  return rows.length > 0 ? [{ id: 'found', title: 'Found', rows }] : [];
}

function plain(card: PromptCard): ShelfRow {
  return { card, title: [], summary: [] };
}

function fits(card: PromptCard, filter: ShelfFilter): boolean {
  return (
    (!filter.group || groupOf(card) === filter.group) &&
    (!filter.phase || card.phase === filter.phase) &&
    (!filter.tag || card.tags.includes(filter.tag)) &&
    (!filter.source || card.source === filter.source) &&
    (filter.only !== 'favourites' || card.favourite)
  );
}

function facets(cards: PromptCard[], of: (card: PromptCard) => string[], label: (value: string) => string = groupTitle): Facet[] {
  const counts = new Map<string, number>();
  for (const value of cards.flatMap(of)) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, label: label(value), count })).sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
}

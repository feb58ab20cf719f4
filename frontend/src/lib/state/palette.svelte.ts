import type { Api } from '../api';
import { type Command, type Commands, type Match, promptWords, search } from './commands.svelte';
import { PromptSearch } from './prompt-search.svelte';

/** So many rows are shown. */
const limit = 40;

/** What the palette lists for what is typed, and which row Enter means. */
export class PaletteState {
  query = $state('');
  /** The row that was moved to, by its command; empty means the first. */
  private moved = $state('');
  private readonly found: PromptSearch;

  /** Groups in the order of their best match; without a query, as they were given. */
  readonly groups = $derived.by(() => {
    const groups = new Map<string, Match[]>();
    for (const match of search(this.commands.all, this.query, this.found.hits).slice(0, limit)) {
      const group = groups.get(match.command.group);
      if (group) group.push(match);
      else groups.set(match.command.group, [match]);
    }
    return [...groups];
  });
  readonly rows = $derived(this.groups.flatMap(([, group]) => group.map((match) => match.command)));
  /** What comes while somebody reads does not move them from their row. */
  readonly selected = $derived(this.rows.find((command) => command.id === this.moved) ?? this.rows[0]);

  constructor(
    private readonly commands: Commands,
    api: Pick<Api, 'library'>,
  ) {
    this.found = new PromptSearch(api);
  }

  /** Resolves when all that was typed is searched for; undefined when it is. */
  get pending(): Promise<void> | undefined {
    return this.found.pending;
  }

  type = (query: string): void => {
    this.query = query;
    this.moved = '';
    this.found.ask(promptWords(query));
  };

  /** Moves down the list, and from its end to its beginning. */
  move = (step: number): void => {
    const { rows, selected } = this;
    if (selected) this.moved = rows.at((rows.indexOf(selected) + step) % rows.length)?.id ?? '';
  };

  point = (command: Command): void => {
    this.moved = command.id;
  };
}

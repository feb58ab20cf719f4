import { untrack } from 'svelte';
import type { PromptHit } from '../api';
import type { IconName } from '../ui/icons';
import { ranges } from './byte-text';

/** Something the palette can do or go to. */
export interface Command {
  id: string;
  group: 'Actions' | 'Go to' | 'Prompts' | 'Models' | 'Settings';
  title: string;
  icon: IconName;
  /** Smaller, behind the title. */
  detail?: string;
  keys?: string;
  /** Other words it is found by. */
  words?: string;
  /** The id of the prompt that it is about: it is found by the search of the library. */
  prompt?: string;
  /** Why it cannot be done now. It stays listed. */
  reason?: string;
  run: () => void;
  /** Shift Enter: the other thing that can be done with it, and what that is. */
  other?: { label: string; run: () => void };
}

type Provider = () => Command[];

/** What can be done on this screen. Views add theirs while they are shown. */
export class Commands {
  open = $state(false);
  /** What the palette begins with: "/" lists the prompts alone. */
  start = $state('');
  private providers = $state.raw<Provider[]>([]);

  /** Evaluated when the palette asks, so it may read any state. */
  readonly all = $derived(this.open ? this.providers.flatMap((provide) => provide()) : []);

  /** Opens the palette, or closes it. */
  toggle = (start = ''): void => {
    this.open = !this.open || this.start !== start;
    this.start = start;
  };

  /** Adds commands until the returned function is called: `$effect(() => app.commands.provide(() => […]))`. */
  provide(provider: Provider): () => void {
    // The latest view stands first: what is on the screen is what is meant.
    this.providers = [provider, ...untrack(() => this.providers)];
    return () => {
      this.providers = untrack(() => this.providers).filter((one) => one !== provider);
    };
  }
}

/** A command with the places of its title that matched, as [from, to) pairs. */
export interface Match {
  command: Command;
  marks: [number, number][];
  score: number;
}

const prefixes: Record<string, Command['group']> = { '>': 'Actions', '@': 'Models', '/': 'Prompts' };

/** A query without the sign that limits it to a group, and that group. */
function parse(query: string): { group?: Command['group']; rest: string } {
  const group = prefixes[query.trimStart().charAt(0)];
  return group ? { group, rest: query.trimStart().slice(1) } : { rest: query };
}

/** The words to search prompts for; empty when no prompts are looked for. */
export function promptWords(query: string): string {
  const { group, rest } = parse(query);
  return !group || group === 'Prompts' ? rest.trim() : '';
}

/**
 * Finds commands: every word of the query has to occur; word beginnings in titles
 * count most. Prompts are those that the search of the library has found, in its
 * order; while it has not, they are found like the others.
 */
export function search(commands: Command[], query: string, hits?: PromptHit[]): Match[] {
  const { group, rest } = parse(query);
  const words = rest.toLowerCase().split(/\s+/).filter(Boolean);
  const asked = commands.filter((command) => !group || command.group === group);
  const found = words.length > 0 && promptWords(query) ? hits : undefined;
  const matches = asked.filter((command) => !found || !command.prompt).flatMap((command) => match(command, words) ?? []);
  return [...matches, ...(found ? prompts(asked, words, found) : [])].sort((a, b) => b.score - a.score);
}

/** The prompts of a search among the commands. One counts as much as any behind it, so that the order stays. */
function prompts(commands: Command[], words: string[], hits: PromptHit[]): Match[] {
  const byId = new Map(commands.flatMap((command) => (command.prompt ? [[command.prompt, command] as const] : [])));
  const matches: Match[] = [];
  let score = 0.25; // of what is found by its text alone, or in spite of a typing error
  for (const hit of hits.toReversed()) {
    const command = byId.get(hit.id);
    if (!command) continue;
    score = Math.max(score, match(command, words)?.score ?? 0);
    matches.unshift({ command, marks: ranges(command.title, hit.title), score });
  }
  return matches;
}

function match(command: Command, words: string[]): Match | undefined {
  const title = command.title.toLowerCase();
  const beside = `${command.words ?? ''} ${command.detail ?? ''} ${command.group}`.toLowerCase();
  const marks: [number, number][] = [];
  let score = command.reason ? -1 : 0;
  for (const word of words) {
    const at = find(title, word);
    if (at >= 0) {
      score += at === 0 ? 6 : isStart(title, at) ? 4 : 1;
      marks.push([at, at + word.length]);
    } else if (start(beside, word) >= 0) score += 0.5;
    else return undefined;
  }
  return { command, marks: marks.sort((a, b) => a[0] - b[0]), score };
}

/** The first beginning of a word that fits, else any place, for three letters or more. */
function find(text: string, word: string): number {
  const at = start(text, word);
  return at >= 0 || word.length < 3 ? at : text.indexOf(word);
}

function start(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (isStart(text, at)) return at;
  }
  return -1;
}

function isStart(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1));
}

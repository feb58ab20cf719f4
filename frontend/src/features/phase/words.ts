// Figures and times as people read them.
import type { Author, RunState } from '../../lib/api';
import type { GateState } from '../../lib/state/gate.svelte';
import { plural } from '../../lib/ui/format';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A size as files have it: "812 bytes", "4.2 KB". */
export function size(bytes: number): string {
  if (bytes < 1000) return plural(bytes, 'byte');
  const kilo = bytes / 1000;
  if (kilo < 1000) return `${kilo.toFixed(kilo < 10 ? 1 : 0)} KB`;
  return `${(kilo / 1000).toFixed(1)} MB`;
}

/** A length of time as a clock shows it: "00:47", "1:02:09". */
export function clock(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}:${rest}`;
}

/** A length of time in words: "47 s", "3 min 20 s". */
export function lasted(millis: number): string {
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return seconds % 60 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${seconds / 60} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}

/** What a run has brought, as a sentence; empty when there is nothing to tell. */
export function brought(tokens: number, millis: number): string {
  const time = millis >= 500 ? lasted(millis) : '';
  if (tokens > 0) return time ? `${plural(tokens, 'token')} in ${time}.` : `${plural(tokens, 'token')}.`;
  return time && `It took ${time}.`;
}

/** How long ago, while that is short: "just now", "14 min ago"; then the day. */
export function ago(at: string, now: number): string {
  const passed = now - Date.parse(at);
  if (Number.isNaN(passed)) return '';
  if (passed < minute) return 'just now';
  if (passed < hour) return `${Math.floor(passed / minute)} min ago`;
  return moment(at, now);
}

/** A moment with its time while it is near: "today 14:02", "yesterday", "Tuesday", "12 Nov". */
export function moment(at: string, now: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const days = Math.round((startOfDay(new Date(now)) - startOfDay(date)) / day);
  if (days <= 0) return `today ${timeOf(date)}`;
  if (days === 1) return 'yesterday';
  if (days < 7) return date.toLocaleDateString('en', { weekday: 'long' });
  return dateOf(date, new Date(now));
}

/** A moment in full, for tooltips and records. */
export function exactly(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })}, ${timeOf(date)}`;
}

function timeOf(date: Date): string {
  return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

function dateOf(date: Date, now: Date): string {
  const year = date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year });
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Who wrote something. The one person of this computer is "you". */
export function nameOf(author: Author, start = false): string {
  if (author.kind === 'person') return start ? 'You' : 'you';
  if (author.kind === 'plumbline') return author.name || 'Plumbline'; // or what it has imported from
  return author.name || 'a model';
}

/** The name that the backend gives to a model nobody has named. */
const unnamed = 'Pasted answer';

/** What became of a document, by whom: "edited by you", "written by qwen3:14b", "pasted". */
export function deedOf(kind: string, author: Author): string {
  if (author.kind === 'model' && author.name === unnamed) return 'pasted';
  const verb = { created: 'created', saved: 'edited', accepted: 'accepted', ticked: 'ticked', restored: 'restored' }[kind] ?? 'changed';
  return `${author.kind === 'model' ? 'written' : verb} by ${nameOf(author)}`;
}

const runWords: Record<RunState, string> = {
  queued: 'Waiting for its turn',
  running: 'Writing',
  waiting: 'Waiting for the answer',
  succeeded: 'Complete',
  failed: 'Failed',
  canceled: 'Stopped',
  interrupted: 'Interrupted',
};

export function runWord(state: string): string {
  return runWords[state as RunState] ?? state;
}

/** A list within a sentence: "Spec v6 and Request v3". */
export function join(words: string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** The gate in a few words, for where only a button of it is shown. */
export function gateWord({ gate, passed, overridden }: Pick<GateState, 'gate' | 'passed' | 'overridden'>): string {
  if (!gate) return 'Gate';
  if (passed) return overridden ? 'Gate overridden' : 'Gate passed';
  return gate.open ? 'Gate open' : `Gate, ${gate.missing} missing`;
}

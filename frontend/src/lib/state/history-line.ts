import type { GateRecord, Version } from '../api';
import { time } from './run.svelte';

const foldMillis = 2 * 60 * 1000;

/** One line of a history: a version, or ticks of two minutes folded into one. */
export interface VersionLine {
  kind: 'version';
  /** Newest first; more than one only for ticks. */
  versions: Version[];
  /** The newest of them. */
  version: Version;
  added: number;
  removed: number;
  /** The text that was signed is this one. */
  signed: boolean;
}

/** An act at a gate, in the line of time. */
export interface RecordLine {
  kind: 'record';
  record: GateRecord;
}

export type HistoryLine = VersionLine | RecordLine;

/**
 * Folds the ticks that one author made within two minutes into one line.
 * Versions come and go newest first.
 */
export function fold(versions: Version[]): Version[][] {
  const lines: Version[][] = [];
  for (const version of versions) {
    const line = lines.at(-1);
    const newest = line?.[0];
    const together =
      newest !== undefined &&
      newest.kind === 'ticked' &&
      version.kind === 'ticked' &&
      newest.author.kind === version.author.kind &&
      newest.author.name === version.author.name &&
      time(newest.at) - time(version.at) <= foldMillis;
    if (together) line?.push(version);
    else lines.push([version]);
  }
  return lines;
}

/** Puts the versions of an artifact and the acts at its gate into one line of time, newest first. */
export function timeline(versions: Version[], records: GateRecord[], path: string, phase: string): HistoryLine[] {
  const acts = records.filter((one) => one.phase === phase || one.path === path);
  const signed = signedVersion(acts, path);
  const lines: HistoryLine[] = fold(versions).map((group) => ({
    kind: 'version',
    versions: group,
    version: group[0] as Version,
    added: group.reduce((sum, one) => sum + one.added, 0),
    removed: group.reduce((sum, one) => sum + one.removed, 0),
    signed: group.some((one) => one.number === signed),
  }));
  const shown = acts.map((record): HistoryLine => ({ kind: 'record', record }));
  return [...shown, ...lines].sort((a, b) => whenOf(b) - whenOf(a));
}

function whenOf(line: HistoryLine): number {
  return time(line.kind === 'version' ? line.version.at : line.record.at);
}

/** The version whose sign-off is in force; 0 for none. */
function signedVersion(acts: GateRecord[], path: string): number {
  const last = acts.filter((one) => ['sign', 'unsign', 'unfreeze'].includes(one.action)).at(-1);
  return last?.action === 'sign' ? (last.seen[path] ?? 0) : 0;
}

/** What an act at a gate was, as a phrase. */
export function actionOf(record: GateRecord, next: string): string {
  const gate = next ? `gate to ${next}` : 'last gate';
  switch (record.action) {
    case 'pass':
      return `Passed the ${gate}`;
    case 'waive':
      return `Overrode the ${gate}`;
    case 'reopen':
      return `Reopened the ${gate}`;
    case 'sign':
      return 'Signed off';
    case 'unsign':
      return 'Withdrew the sign-off';
    case 'unfreeze':
      return 'Unfroze the document';
    case 'still-valid':
      return 'Said it is still valid';
    default:
      return record.action;
  }
}

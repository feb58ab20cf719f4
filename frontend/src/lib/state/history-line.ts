import type { GateRecord, LogLine, Version } from '../api';
import { time } from './run.svelte';

/** One line of a history: a version, or ticks of two minutes folded into one. */
export interface VersionLine extends LogLine {
  kind: 'version';
  /** The newest of them. */
  version: Version;
}

/** An act at a gate, in the line of time. */
export interface RecordLine {
  kind: 'record';
  record: GateRecord;
}

export type HistoryLine = VersionLine | RecordLine;

/**
 * Puts lines of a log and the acts at the gate into one line of time, newest
 * first. Of acts older than the log goes only the whole log shows any.
 */
export function timeline(log: LogLine[], records: GateRecord[], path: string, phase: string, whole = true): HistoryLine[] {
  const lines = log.flatMap((line): VersionLine[] => {
    const version = line.versions[0];
    return version ? [{ ...line, kind: 'version', version }] : [];
  });
  const oldest = whole ? -Infinity : time(lines.at(-1)?.version.at ?? '');
  const acts = records.filter((one) => (one.phase === phase || one.path === path) && time(one.at) >= oldest);
  const merged: HistoryLine[] = [];
  let act = acts.length - 1; // both are in order, the acts from the oldest on
  const before = (at: string): void => {
    for (let record = acts[act]; record && !(time(record.at) < time(at)); record = acts[--act]) merged.push({ kind: 'record', record });
  };
  for (const line of lines) {
    if (act >= 0) before(line.version.at);
    merged.push(line);
  }
  for (let record = acts[act]; record; record = acts[--act]) merged.push({ kind: 'record', record });
  return merged;
}

/** Puts a newer page on top of what is known of a log. */
export function onTop(page: LogLine[], known: LogLine[]): LogLine[] {
  const oldest = page.at(-1)?.versions.at(-1)?.number ?? 0;
  const rest = known.flatMap((line) => {
    const versions = line.versions.filter((one) => one.number < oldest);
    return versions.length === line.versions.length ? [line] : versions.length > 0 ? [{ ...line, versions, ...sums(versions) }] : [];
  });
  return [...page, ...rest];
}

function sums(versions: Version[]): { added: number; removed: number } {
  return { added: versions.reduce((sum, one) => sum + one.added, 0), removed: versions.reduce((sum, one) => sum + one.removed, 0) };
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
    case 'change':
      return 'Opened it for a change request';
    case 'still-valid':
      return 'Said it is still valid';
    case 'round':
      return 'Began the next round';
    case 'override':
      return 'Refined once more than advised';
    case 'restart':
      return 'Started over';
    case 'check':
      return 'Ran the check';
    case 'approve':
      return 'Approved for production';
    case 'promote':
      return 'Promoted to production';
    case 'healthy':
      return 'Found the figures healthy';
    case 'rollback':
      return 'Rolled the release back';
    case 'looked':
      return 'Looked at what is not listed';
    default:
      return record.action;
  }
}

// What the fake tells about the past: plainly, and right for short histories.
import { ApiError } from '../error';
import type { LogPage } from '../client';
import type { Blame, Diff, Log, LogLine, Moment, ProjectAt, Restored, SearchHit, SearchResult, Version } from '../types';
import { me, type Work, type World } from './world';

const usual = 100;

export function log(work: Work, path: string, { before = Infinity, lines: most = usual, author = '' }: LogPage): Log {
  const all = (work.versions.get(path) ?? []).map((kept) => kept.version).reverse();
  const wanted = all.filter((one) => one.number < before && (author === '' || one.author.kind === author));
  const lines: LogLine[] = [];
  for (const version of wanted) {
    const last = lines.at(-1)?.versions[0];
    if (last?.kind === 'ticked' && version.kind === 'ticked') lines.at(-1)?.versions.push(version);
    else if (lines.length < most) lines.push(line(work, version));
    else return { path, lines, total: all.length, next: version.number + 1 };
  }
  return { path, lines, total: all.length, next: 0 };
}

function line(work: Work, version: Version): LogLine {
  const sign = work.records.filter((one) => one.path === version.path && ['sign', 'unsign', 'unfreeze'].includes(one.action)).at(-1);
  return { versions: [version], added: version.added, removed: version.removed, signed: sign?.action === 'sign' && sign.seen[version.path] === version.number };
}

/** Everything is of the version that is asked for. */
export function blame(work: Work, path: string, number = 0): Blame {
  const kept = work.versions.get(path) ?? [];
  const one = number > 0 ? kept[number - 1] : kept.at(-1);
  if (!one) throw new ApiError('not_found', 'There is no such version.');
  const origin = { author: one.version.author, version: one.version, runId: one.version.runId, promptId: '', promptRevision: '' };
  const passages = one.body.split('\n').flatMap((text, i) => (text.trim() ? [{ kind: 'paragraph', line: i + 1, lines: 1, text, origin: 0 }] : []));
  return { version: one.version, passages, origins: [origin], since: 1 };
}

export function moments(world: World, work: Work): Moment[] {
  const start: Moment = { id: '', title: 'Project started', phase: '', action: '', by: me, at: work.project.createdAt };
  const acts = work.records.map((one) => ({ id: one.id, title: `${world.phase(one.phase).title}: ${one.action}`, phase: one.phase, action: one.action, by: one.by, at: one.at }));
  return [...acts.toReversed(), start];
}

export function projectAt(world: World, work: Work, time: string): ProjectAt {
  const at = Date.parse(time);
  const artifacts = [...work.versions].flatMap(([path, kept]) => {
    const then = kept.filter((one) => Date.parse(one.version.at) <= at).at(-1);
    const now = kept.at(-1);
    if (!then || !now) return [];
    return [{ path, title: world.document(work, path).artifact.title, phase: '', version: then.version, now: now.version.number, same: then.body === now.body }];
  });
  const moment = moments(world, work).find((one) => Date.parse(one.at) <= at) ?? moments(world, work).at(-1);
  const { phases, current, project } = world.overview(work);
  return { project, at: time, moment: moment as Moment, artifacts, phases, current };
}

export function search(world: World, work: Work, words: string, path: string): SearchResult {
  const wanted = words.toLowerCase();
  let versions = 0;
  const hits: SearchHit[] = [];
  for (const [name, kept] of work.versions) {
    if (path && name !== path) continue;
    versions += kept.length;
    const newest = kept.findLast((one) => one.body.toLowerCase().includes(wanted));
    if (!newest) continue;
    const oldest = kept.find((one) => one.body.toLowerCase().includes(wanted)) ?? newest;
    const text = newest.body.split('\n').find((one) => one.toLowerCase().includes(wanted)) ?? '';
    const current = newest === kept.at(-1);
    const range = { from: oldest.version.number, fromAt: oldest.version.at, to: newest.version.number, toAt: newest.version.at, current, line: 1, excerpt: [{ text, found: false }] };
    hits.push({ path: name, title: world.document(work, name).artifact.title, section: '', ranges: [range] });
  }
  return { terms: [wanted], versions, hits, more: false };
}

export function restored(version: Version): Restored {
  return { version, stale: [] };
}

/** A plain comparison, line by line at the same place. */
export function diffLines(a: string, b: string): Diff {
  const [old, now] = [a.split('\n'), b.split('\n')];
  const diff: Diff = { added: 0, removed: 0, ticked: 0, unticked: 0, hunks: [], moves: [] };
  for (let i = 0; i < Math.max(old.length, now.length); i++) {
    const [left, right] = [old[i], now[i]];
    const same = left === right;
    const row = {
      oldLine: left === undefined ? 0 : i + 1,
      newLine: right === undefined ? 0 : i + 1,
      old: left === undefined ? [] : [{ text: left, changed: !same }],
      new: right === undefined ? [] : [{ text: right, changed: !same }],
      tick: '',
    };
    if (!same) {
      diff.added += right === undefined ? 0 : 1;
      diff.removed += left === undefined ? 0 : 1;
    }
    const last = diff.hunks.at(-1);
    if (last?.same === same) last.rows.push(row);
    else diff.hunks.push({ same, move: 0, rows: [row] });
  }
  return diff;
}

import type { DiffRow, Hunk, Segment } from '../api/types';

/** A stretch of rows to be drawn, or one that is folded away. */
export interface Stretch {
  key: string;
  same: boolean;
  folded: boolean;
  /** The moved section that the rows are of, from 1; 0 for none. */
  move: number;
  /** The first stretch of a moved section at its new place. */
  arrives: boolean;
  /** Empty at the place that a moved section has left. */
  rows: DiffRow[];
}

/** Unchanged runs keep this many rows on the side of a change. */
const context = 3;
/** Shorter rests are not worth a fold. */
const worthFolding = 4;

/**
 * Splits hunks into stretches, folding the middle of long unchanged runs. What
 * stays in sight is what a change needs: the rows beside it and its heading.
 */
export function fold(hunks: Hunk[]): Stretch[] {
  return hunks.flatMap((hunk, i) => {
    const [prior, next] = [hunks[i - 1], hunks[i + 1]];
    const arrives = hunk.move > 0 && hunk.rows.length > 0 && (prior?.move !== hunk.move || prior.rows.length === 0);
    const stretch = (from: number, to: number, folded: boolean): Stretch => ({
      key: `${i}.${from}`,
      same: hunk.same,
      folded,
      move: hunk.move,
      arrives: arrives && from === 0,
      rows: hunk.rows.slice(from, to),
    });
    if (!hunk.same) return [stretch(0, hunk.rows.length, false)];
    const before = arrives ? 1 : changes(prior, hunk) ? context : 0;
    const after = changes(next, hunk) ? context : 0;
    const end = hunk.rows.length - after;
    if (end - before < worthFolding) return [stretch(0, hunk.rows.length, false)];
    const parts: Stretch[] = before > 0 ? [stretch(0, before, false)] : [];
    const heading = after > 0 ? lastHeading(hunk.rows, before, end) : -1;
    if (heading < 0) parts.push(stretch(before, end, true));
    else parts.push(...around(heading, before, end).map(([from, to, folded]) => stretch(from, to, folded)));
    if (after > 0) parts.push(stretch(end, hunk.rows.length, false));
    return parts;
  });
}

function changes(other: Hunk | undefined, hunk: Hunk): boolean {
  return other !== undefined && !other.same && other.rows.length > 0 && other.move === hunk.move;
}

/** Keeps one row of a run in sight, and folds what is worth it on both sides. */
function around(row: number, from: number, to: number): [number, number, boolean][] {
  const below = to - row - 1 >= worthFolding;
  const above = row - from >= worthFolding;
  const kept: [number, number, boolean] = [above ? row : from, below ? row + 1 : to, false];
  return [...(above ? [[from, row, true] as [number, number, boolean]] : []), kept, ...(below ? [[row + 1, to, true] as [number, number, boolean]] : [])];
}

function lastHeading(rows: DiffRow[], from: number, to: number): number {
  const code = codeRows(rows, 'new');
  for (let i = to - 1; i >= from; i--) {
    if (!code[i] && heading.test(textOf(rows[i]?.new ?? []))) return i;
  }
  return -1;
}

function textOf(segments: Segment[]): string {
  return segments.map((segment) => segment.text).join('');
}

/** A part of a line in one type. */
export interface Piece extends Segment {
  look: '' | 'code' | 'strong';
}

/** How a line of Markdown is drawn in a diff. */
export interface Line {
  kind: 'text' | 'heading' | 'task' | 'item' | 'code' | 'blank';
  done: boolean;
  depth: number;
  segments: Segment[];
}

const fence = /^\s*(```|~~~)/;
const task = /^(\s*)[-*+] \[([ xX])\] /;
const item = /^(\s*)([-*+]|\d+[.)]) /;
const heading = /^#{1,6} /;

/** Reads a line, so that headings and task boxes are shown as such, not as source. */
export function readLine(segments: Segment[], inCode: boolean): Line {
  const text = textOf(segments);
  const line = (kind: Line['kind'], skip = 0, indent = '', done = false): Line => ({
    kind,
    done,
    depth: Math.floor(indent.replace(/\t/g, '  ').length / 2),
    segments: inPart(drop(segments, skip)),
  });
  if (inCode || fence.test(text)) return line('code');
  if (text.trim() === '') return line('blank');
  const box = task.exec(text);
  if (box) return line('task', box[0].length, box[1], box[2] !== ' ');
  const title = heading.exec(text);
  if (title) return line('heading', title[0].length);
  const bullet = item.exec(text);
  if (bullet) return line('item', /\d/.test(bullet[2] ?? '') ? 0 : bullet[0].length, bullet[1]);
  return line('text');
}

/** Tells for each row whether its line lies inside a fenced block, on one side. */
export function codeRows(rows: DiffRow[], side: 'old' | 'new'): boolean[] {
  let inside = false;
  return rows.map((row) => {
    const number = side === 'old' ? row.oldLine : row.newLine;
    if (number === 0) return inside;
    const marks = fence.test(textOf(row[side]));
    const was = inside;
    if (marks) inside = !inside;
    return was || inside;
  });
}

/** Keeps the marks of words only where others stayed: what is new or gone as a whole is told by its row. */
function inPart(segments: Segment[]): Segment[] {
  if (segments.some((segment) => !segment.changed && segment.text.trim() !== '')) return segments;
  return segments.map((segment) => ({ ...segment, changed: false }));
}

function drop(segments: Segment[], count: number): Segment[] {
  const rest: Segment[] = [];
  for (const segment of segments) {
    if (count >= segment.text.length) {
      count -= segment.text.length;
      continue;
    }
    rest.push(count > 0 ? { ...segment, text: segment.text.slice(count) } : segment);
    count = 0;
  }
  return rest;
}

const spans = /(`+)([^`].*?)\1(?!`)|(\*\*)(?=\S)(.+?)\3/g;

/**
 * Code and strong words of a line in their own type. Their marks are left out, so that
 * it reads as it does in the document, but for those that have themselves changed.
 */
export function pieces(segments: Segment[]): Piece[] {
  const looks: Piece['look'][] = [];
  const marks = new Set<number>();
  if (!segments.some(({ text }) => /[`*]/.test(text))) return segments.map((one) => ({ ...one, look: '' }));
  for (const match of textOf(segments).matchAll(spans)) {
    const mark = (match[1] ?? match[3] ?? '').length;
    const end = match.index + match[0].length;
    for (let at = match.index; at < end; at++) {
      if (at < match.index + mark || at >= end - mark) marks.add(at);
      else looks[at] = match[1] ? 'code' : 'strong';
    }
  }
  const parts: Piece[] = [];
  let at = 0;
  for (const { text, changed } of segments) {
    let last: Piece | undefined; // a segment never runs into the next one
    for (const letter of text.split('')) {
      const look = looks[at] ?? '';
      if (changed || !marks.has(at)) {
        if (last?.look === look) last.text += letter;
        else parts.push((last = { text: letter, changed, look }));
      }
      at++;
    }
  }
  return parts;
}

import type { DiffRow, Hunk, Segment } from '../api/types';

/** A stretch of rows to be drawn, or one that is folded away. */
export interface Stretch {
  key: string;
  same: boolean;
  folded: boolean;
  rows: DiffRow[];
}

/** Unchanged runs keep this many rows on the side of a change. */
const context = 3;
/** Shorter rests are not worth a fold. */
const worthFolding = 4;

/** Splits hunks into stretches, folding the middle of long unchanged runs. */
export function fold(hunks: Hunk[]): Stretch[] {
  return hunks.flatMap((hunk, i) => {
    const whole = { key: `${i}`, same: hunk.same, folded: false, rows: hunk.rows };
    if (!hunk.same) return [whole];
    const before = i === 0 ? 0 : context;
    const after = i === hunks.length - 1 ? 0 : context;
    const hidden = hunk.rows.length - before - after;
    if (hidden < worthFolding) return [whole];
    const end = hunk.rows.length - after;
    const parts: [number, number, boolean][] = [
      [0, before, false],
      [before, end, true],
      [end, hunk.rows.length, false],
    ];
    return parts
      .filter(([from, to]) => to > from)
      .map(([from, to, folded]) => ({ key: `${i}.${from}`, same: true, folded, rows: hunk.rows.slice(from, to) }));
  });
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
  const text = segments.map((segment) => segment.text).join('');
  const line = (kind: Line['kind'], skip = 0, indent = '', done = false): Line => ({
    kind,
    done,
    depth: Math.floor(indent.replace(/\t/g, '  ').length / 2),
    segments: drop(segments, skip),
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
    const marks = fence.test(row[side].map((segment) => segment.text).join(''));
    const was = inside;
    if (marks) inside = !inside;
    return was || inside;
  });
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

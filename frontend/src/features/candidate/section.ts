import type { Diff, DiffRow } from '../../lib/api';

const textOf = (row: DiffRow): string => (row.newLine ? row.new : row.old).map((segment) => segment.text).join('');

/** The changes of a section without its own heading, where that stands above them already. */
export function belowTitle(diff: Diff, title: string): Diff {
  const [first, ...rest] = diff.hunks;
  const heading = first?.rows[0];
  if (!first || !heading || !title) return diff;
  if (textOf(heading).replace(/^#{1,6}\s+/, '').trim() !== title) return diff;
  let skip = 1;
  while (skip < first.rows.length && textOf(first.rows[skip] as DiffRow).trim() === '') skip++;
  const rows = first.rows.slice(skip);
  return { ...diff, hunks: rows.length > 0 ? [{ ...first, rows }, ...rest] : rest };
}

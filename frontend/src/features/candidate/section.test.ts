import { expect, it } from 'vitest';
import type { DiffRow, Hunk } from '../../lib/api';
import { belowTitle } from './section';

const row = (text: string): DiffRow => ({ oldLine: 1, newLine: 1, old: [{ text, changed: false }], new: [{ text, changed: false }], tick: '' });
const hunk = (same: boolean, ...texts: string[]): Hunk => ({ same, move: 0, rows: texts.map(row) });
const textsOf = (hunks: Hunk[]): string[][] => hunks.map((one) => one.rows.map((line) => line.new[0]?.text ?? ''));

it('drops the heading that stands above the changes already, with the gap under it', () => {
  const diff = { added: 1, removed: 1, ticked: 0, unticked: 0, moves: [], hunks: [hunk(true, '## Errors', '', 'Same'), hunk(false, 'Changed')] };
  expect(textsOf(belowTitle(diff, 'Errors').hunks)).toEqual([['Same'], ['Changed']]);
});

it('drops a part that holds nothing else', () => {
  const diff = { added: 1, removed: 0, ticked: 0, unticked: 0, moves: [], hunks: [hunk(true, '## Errors', ''), hunk(false, 'New')] };
  expect(textsOf(belowTitle(diff, 'Errors').hunks)).toEqual([['New']]);
});

it('keeps a heading that has changed', () => {
  const diff = { added: 1, removed: 1, ticked: 0, unticked: 0, moves: [], hunks: [hunk(false, '## Faults', 'Text')] };
  expect(belowTitle(diff, 'Errors')).toBe(diff);
});

import { describe, expect, it } from 'vitest';
import { bytes, count, plural, tokens } from './format';
import { keyLabel, keyShortcut } from './keys';
import { ago, moment } from './time';

const now = new Date(2026, 9, 14, 15, 0).getTime(); // a Wednesday
const at = (day: number, hour: number, minute = 0): string => new Date(2026, 9, day, hour, minute).toISOString();

describe('ago', () => {
  it.each([
    [at(14, 15), 'just now'],
    [at(14, 14, 48), '12 min ago'],
    [at(14, 13), '2 h ago'],
    [at(13, 9), 'yesterday'],
    [at(11, 9), '3 days ago'],
    [at(1, 9), '1 Oct'],
    ['', ''],
    ['0001-01-01T00:00:00Z', ''],
  ])('%s', (iso, text) => expect(ago(iso, now)).toBe(text));
});

describe('moment', () => {
  it.each([
    [at(14, 14, 2), 'today 14:02'],
    [at(13, 9, 30), 'yesterday 09:30'],
    [at(12, 10, 12), 'Monday 10:12'],
    [at(1, 9), '1 Oct'],
    [new Date(2024, 9, 3).toISOString(), '3 Oct 2024'],
  ])('%s', (iso, text) => expect(moment(iso, now)).toBe(text));
});

describe('numbers', () => {
  it('are written as people read them', () => {
    expect([0, 7, 999, 1000, 18940, 1.5].map(count)).toEqual(['0', '7', '999', '1,000', '18,940', '1.5']);
    expect([plural(1, 'model'), plural(1842, 'word'), plural(0, 'box', 'boxes')]).toEqual(['1 model', '1,842 words', '0 boxes']);
    expect([bytes(940), bytes(274e6), bytes(9.0e9), bytes(12_400)]).toEqual(['940 bytes', '274 MB', '9.0 GB', '12 kB']);
    expect([tokens(32768), tokens(131072), tokens(512)]).toEqual(['32k', '128k', '512']);
  });
});

describe('keys', () => {
  it('are named by the keyboard', () => {
    expect(keyLabel('Ctrl Enter', false)).toBe('Ctrl ↵');
    expect(keyLabel('Ctrl Shift C', true)).toBe('⌘ ⇧ C');
    expect(keyShortcut('Ctrl Shift C', false)).toBe('Control+Shift+C');
    expect(keyShortcut('Ctrl K', true)).toBe('Meta+K');
  });
});

import { describe, expect, it } from 'vitest';
import type { DiffRow, Hunk } from '../api';
import { codeRows, fold, pieces, readLine } from './diff';

const row = (n: number, text = `line ${n}`): DiffRow => ({
  oldLine: n,
  newLine: n,
  old: [{ text, changed: false }],
  new: [{ text, changed: false }],
  tick: '',
});
const same = (count: number, move = 0): Hunk => ({ same: true, move, rows: Array.from({ length: count }, (_, i) => row(i + 1)) });
const change: Hunk = { same: false, move: 0, rows: [row(1)] };

const shape = (hunks: Hunk[]): string[] => fold(hunks).map((one) => `${one.folded ? 'fold' : one.same ? 'same' : 'change'} ${one.rows.length}`);

describe('fold', () => {
  it('keeps three rows on each side of a change', () => {
    expect(shape([same(20), change, same(30), change, same(20)])).toEqual([
      'fold 17', 'same 3', 'change 1', 'same 3', 'fold 24', 'same 3', 'change 1', 'same 3', 'fold 17',
    ]);
  });

  it('does not fold what is short', () => {
    expect(shape([same(6), change, same(9), change])).toEqual(['same 6', 'change 1', 'same 9', 'change 1']);
  });

  it('loses no row', () => {
    const hunks = [same(50), change, same(11), change, same(4)];
    const rows = fold(hunks).reduce((all, one) => all + one.rows.length, 0);
    expect(rows).toBe(50 + 1 + 11 + 1 + 4);
  });
});

describe('fold around headings and moves', () => {
  it('keeps the heading of a change in sight', () => {
    const hunk = same(20);
    hunk.rows[8] = row(9, '## Times');
    expect(shape([hunk, change])).toEqual(['fold 8', 'same 1', 'fold 8', 'same 3', 'change 1']);
    expect(fold([hunk, change])[1]?.rows[0]?.new[0]?.text).toBe('## Times');
  });

  it('takes no line of code for a heading', () => {
    const hunk = same(20);
    hunk.rows[7] = row(8, '```');
    hunk.rows[8] = row(9, '# a comment');
    hunk.rows[9] = row(10, '```');
    expect(shape([hunk, change])).toEqual(['fold 17', 'same 3', 'change 1']);
  });

  it('shows a moved section by its heading, and the place it has left', () => {
    const left: Hunk = { same: true, move: 1, rows: [] };
    const parts = fold([same(9), left, same(9), same(12, 1), same(9)]);
    expect(parts.map((one) => `${one.folded ? 'fold' : 'open'} ${one.rows.length}${one.move ? ' moved' : ''}${one.arrives ? ' here' : ''}`)).toEqual([
      'fold 9', 'open 0 moved', 'fold 9', 'open 1 moved here', 'fold 11 moved', 'fold 9',
    ]);
  });
});

describe('readLine', () => {
  const read = (text: string, inCode = false) => readLine([{ text, changed: false }], inCode);
  const text = (line: ReturnType<typeof read>) => line.segments.map((one) => one.text).join('');

  it('shows task boxes as boxes', () => {
    const line = read('  - [x] `next` answers in 50 ms');
    expect([line.kind, line.done, line.depth, text(line)]).toEqual(['task', true, 1, '`next` answers in 50 ms']);
    expect(read('- [ ] later').done).toBe(false);
  });

  it('shows headings without their marks', () => {
    const line = read('## 5 Acceptance');
    expect([line.kind, text(line)]).toEqual(['heading', '5 Acceptance']);
  });

  it('keeps the number of an ordered item', () => {
    expect(text(read('2. Second'))).toBe('2. Second');
    expect(text(read('- First'))).toBe('First');
  });

  it('shows source as source inside a fence', () => {
    expect(read('# not a heading', true).kind).toBe('code');
  });

  it('drops marks that lie across segments', () => {
    const line = readLine([{ text: '- [', changed: false }, { text: 'x', changed: true }, { text: '] done', changed: false }], false);
    expect(line.segments).toEqual([{ text: 'done', changed: false }]);
  });
});

describe('the marks of words', () => {
  const words = (...parts: string[]) => parts.map((text) => ({ text: text.replace('*', ''), changed: text.startsWith('*') }));
  const marked = (segments: ReturnType<typeof words>) => readLine(segments, false).segments.filter((one) => one.changed).map((one) => one.text);

  it('stand where a line was changed in part', () => {
    expect(marked(words('Heights in ', '*feet', ' only'))).toEqual(['feet']);
    expect(marked(words('- [ ] ', '*answers in ', '50 ms'))).toEqual(['answers in ']);
  });

  it('are left out where a line is new or gone as a whole', () => {
    expect(marked(words('*A whole line.'))).toEqual([]);
    expect(marked(words('*- an item'))).toEqual([]);
  });

  it('are left out where nothing but spaces and the mark of an item stayed', () => {
    expect(marked(words('- ', '*other', ' ', '*words'))).toEqual([]);
  });
});

describe('codeRows', () => {
  it('knows which lines of a side lie inside a fence', () => {
    const rows = ['a', '```go', 'x := 1', '```', 'b'].map((text, i) => row(i + 1, text));
    expect(codeRows(rows, 'new')).toEqual([false, true, true, true, false]);
  });
});

describe('pieces', () => {
  const look = (...segments: [string, boolean?][]): string[] =>
    pieces(segments.map(([text, changed = false]) => ({ text, changed }))).map((one) => `${one.changed ? '!' : ''}${one.look}:${one.text}`);

  it('shows code and strong words without their marks', () => {
    expect(look(['Run `tide next` or **wait**.'])).toEqual([':Run ', 'code:tide next', ': or ', 'strong:wait', ':.']);
    expect(look(['Twice ``a`b``'])).toEqual([':Twice ', 'code:a`b']);
  });

  it('leaves marks alone that belong to nothing', () => {
    expect(look(['2 ** 3 and a ` alone'])).toEqual([':2 ** 3 and a ` alone']);
  });

  it('goes on over words that have changed, and shows marks that have', () => {
    expect(look(['`tide '], ['next', true], ['` is '], ['**new**', true])).toEqual(['code:tide ', '!code:next', ': is ', '!:**', '!strong:new', '!:**']);
  });
});

import { expect, it } from 'vitest';
import { notesUnder, titled, titleKey } from './titles';

it('compares titles as the backend does', () => {
  expect(titleKey('  5.  Acceptance   Checklist: ')).toBe('acceptance checklist');
  expect(titleKey('3 – Times')).toBe('times');
  expect(titleKey('**Open questions**')).toBe('open questions');
});

it('finds what stands under a box, up to the next one', () => {
  const markdown = '# P\n\n- [ ] One\n  - Why it matters.\n  - And more.\n- [ ] Two\n\n  - not a note after a gap\n';
  expect(notesUnder(markdown, 3)).toEqual(['Why it matters.', 'And more.']);
  expect(notesUnder(markdown, 6)).toEqual([]);
});

it('calls a numbered file by its folder, too', () => {
  expect(titled({ title: '03', path: 'steps/03.md' })).toBe('Step 03');
  expect(titled({ title: 'Review 01', path: 'audits/review-01.md' })).toBe('Review 01');
  expect(titled({ title: '1984', path: '1984.md' })).toBe('1984');
});

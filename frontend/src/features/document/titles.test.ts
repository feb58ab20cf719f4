import { expect, it } from 'vitest';
import { notesUnder, titleKey } from './titles';

it('compares titles as the backend does', () => {
  expect(titleKey('  5.  Acceptance   Checklist: ')).toBe('acceptance checklist');
  expect(titleKey('3 – Times')).toBe('times');
  expect(titleKey('**Open questions**')).toBe('open questions');
  expect(titleKey('2026-11-26')).toBe('2026-11-26');
});

it('finds what stands under a box, up to the next one', () => {
  const markdown = '# P\n\n- [ ] One\n  - Why it matters.\n  - And more.\n- [ ] Two\n\n  - not a note after a gap\n';
  expect(notesUnder(markdown, 3)).toEqual(['Why it matters.', 'And more.']);
  expect(notesUnder(markdown, 6)).toEqual([]);
});

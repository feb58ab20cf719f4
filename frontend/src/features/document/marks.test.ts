import { describe, expect, it } from 'vitest';
import type { Blame, Origin } from '../../lib/api';
import { version } from '../../lib/state/fake-parts';
import { marked } from './marks';

const origin = (kind: string, number: number): Origin => ({ author: { kind, name: kind }, version: version(number), runId: '', promptId: '', promptRevision: '' });
const blame = (origins: Origin[], ...of: number[]): Blame => ({
  version: version(3),
  origins,
  since: 1,
  passages: of.map((one, i) => ({ kind: 'paragraph', line: i * 2 + 1, lines: 1, text: '', origin: one })),
});

describe('marked', () => {
  it('marks what a person wrote in the text of a model', () => {
    const marks = marked(blame([origin('person', 2), origin('model', 1)], 1, 0, 1));
    expect([...marks].map(([passage, from]) => [passage.line, from.version.number])).toEqual([[3, 2]]);
  });

  it('marks nothing in a text that a person wrote alone', () => {
    expect(marked(blame([origin('person', 2), origin('plumbline', 1)], 0, 1)).size).toBe(0);
    expect(marked(undefined).size).toBe(0);
  });
});

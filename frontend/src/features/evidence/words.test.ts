import { describe, expect, it } from 'vitest';
import type { Evidence, Tick } from '../../lib/api';
import { item } from '../../lib/state/fake-parts';
import { recheckWhy, saidOf, shownBy } from './words';

const evidence = (kind: string, change: Partial<Evidence> = {}): Evidence => ({ kind, text: '', exit: 0, output: '', ref: '', inputs: [], ...change });
const tick = (change: Partial<Tick> = {}): Tick => ({ state: 'done', by: { kind: 'person', name: 'You' }, at: '', reason: '', ...change });

describe('evidence in words', () => {
  it('says what shows that something is done', () => {
    expect(shownBy(evidence('command', { text: 'go test ./…' }))).toBe('Shown by “go test ./…”, which ended with 0.');
    expect(shownBy(evidence('commit', { ref: '8c1f0ab5512', text: 'Fix the sum' }))).toBe('In commit 8c1f0ab5: Fix the sum.');
    expect(shownBy(evidence('finding', { ref: 'f1', text: 'F-001: It leaks' }))).toBe('Closed with F-001: It leaks.');
    expect(shownBy(evidence('sentence', { text: 'I have tried it.' }))).toBe('I have tried it.');
  });

  it('says why a tick does not count any more', () => {
    expect(recheckWhy(tick({ was: 'It is fast.' }))).toBe('Look again. It was ticked as “It is fast.”.');
    const inputs = [{ name: '', path: 'spec.md', part: 'AC-3', version: 2, hash: '' }];
    expect(recheckWhy(tick({ evidence: evidence('command', { inputs }) }))).toBe('Look again. AC-3 of spec.md v2, which it was judged by, has changed since.');
    expect(recheckWhy(tick())).toMatch(/not sure/);
  });

  it('stands under the row of a box', () => {
    const box = { ...item(0, 3, 'done'), tick: tick({ reason: 'Not here.', evidence: evidence('sentence', { text: 'Seen.' }) }) };
    expect([saidOf(box, 'done'), saidOf(box, 'waived'), saidOf(box, 'claimed'), saidOf(item(0, 3, 'done'), 'done'), saidOf(box, 'open')]).toEqual(['Seen.', 'Waived: Not here.', 'Confirm', '', '']);
  });
});

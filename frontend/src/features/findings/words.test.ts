import { describe, expect, it } from 'vitest';
import { finding, ledger, sighting } from '../../lib/state/fake-parts';
import { fileOf, findingText, likely, roundNames, roundSentence, seenBy, whenOf } from './words';

describe('findings in words', () => {
  it('says what the last rounds brought', () => {
    const { rounds } = ledger(2).curve;
    const [first, second] = rounds;
    if (!first || !second) throw new Error('there are two rounds');
    expect(roundSentence([])).toBe('');
    expect(roundSentence([{ ...first, new: { P1: 3 } }, { ...second, new: { P2: 1, P3: 1 } }])).toBe('Round 2 found 2 new, after 3 in the one before.');
    expect(roundSentence([first, { ...second, returned: 1 }])).toBe('Round 2 found nothing new. 1 finding came back.');
  });

  it('names a round by who looked, or by what was audited', () => {
    const { curve, filings } = ledger(2);
    const findings = [finding(1, { sightings: [sighting('r1', { persona: 'Support' }), sighting('r2', { persona: 'Scale' })] }), finding(2, { sightings: [sighting('r2', { persona: 'Support' })] })];
    expect(roundNames(curve.rounds, filings, findings, () => 'Security')).toEqual(['Support', 'Security']);
    expect(roundNames(curve.rounds, filings, [], () => '')).toEqual(['security', 'security']);
  });

  it('shortens a place to its file', () => {
    expect(fileOf('http/limit.go:31-40, http/list.go')).toBe('http/limit.go');
    expect(fileOf('')).toBe('');
  });

  it('names who reported it, and when it is to be fixed', () => {
    expect(seenBy(sighting('r1', { persona: 'Support view', round: 6 }))).toBe('Support view, round 6');
    expect(seenBy(sighting('r1', { round: 0 }))).toBe('security-01');
    expect(whenOf({ step: '4', date: '' })).toBe('Step 4 of the plan');
  });

  it('puts a finding into a prompt without empty parts', () => {
    expect(findingText(finding(1, { problem: 'It leaks.', severity: 'P1' }))).toBe('### F-001 Finding 1\n\n- Severity: P1 (high)\n\nIt leaks.');
  });

  it('offers the most alike for a merge, and never itself or a duplicate', () => {
    const one = finding(1, { title: 'Cache leaks memory', doubt: 'f4' });
    const all = [one, finding(2, { title: 'Header is wrong' }), finding(3, { title: 'Memory leaks in the cache' }), finding(4), finding(5, { state: 'duplicate' })];
    expect(likely([one], all, '').map((other) => other.id)).toEqual(['f4', 'f3', 'f2']);
    expect(likely([one], all, 'header').map((other) => other.id)).toEqual(['f2']);
  });
});

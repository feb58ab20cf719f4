import { describe, expect, it } from 'vitest';
import { at, finding, ledger, sighting } from './fake-parts';
import { openAfter, roundPlaces, saidOf, stripOf } from './rounds';

const { curve, filings } = ledger(4);
const places = roundPlaces(curve.rounds, filings);
const strip = (change: Parameters<typeof finding>[1]) => stripOf(finding(1, change), curve.rounds, places);
const day = 86_400;

describe('the strip of a finding', () => {
  it('is open from where it was found', () => {
    const cells = strip({ sightings: [sighting('r2')] });
    expect(cells).toEqual(['none', 'found', 'open', 'open', 'none']);
    expect(saidOf(cells)).toBe('Found in round 2, still open');
  });

  it('is closed before the first round that comes after it was settled', () => {
    const cells = strip({ sightings: [sighting('r1')], state: 'fixed', changedAt: at(day * 2.5) });
    expect(cells).toEqual(['found', 'open', 'closed', 'gone', 'gone']);
    expect(saidOf(cells)).toBe('Found in round 1, closed before round 3');
  });

  it('is closed now when no round has come since', () => {
    const cells = strip({ sightings: [sighting('r4')], state: 'accepted', changedAt: at(day * 9) });
    expect(cells).toEqual(['none', 'none', 'none', 'found', 'closed']);
    expect(saidOf(cells)).toBe('Found in round 4, closed since the last round');
  });

  it('was closed before it came back', () => {
    const cells = strip({ sightings: [sighting('r1'), sighting('r3', { returned: true })], state: 'returned' });
    expect(cells).toEqual(['found', 'closed', 'back', 'open', 'none']);
    expect(saidOf(cells)).toBe('Found in round 1, came back in round 3, still open');
  });

  it('knows of findings that no round has brought', () => {
    expect(saidOf(strip({ sightings: [] }))).toBe('Found outside of the rounds, still open');
  });
});

describe('what was open after each round', () => {
  it('is counted by the strips, and now by the ledger', () => {
    const strips = [strip({ sightings: [sighting('r1')] }), strip({ sightings: [sighting('r2')], state: 'fixed', changedAt: at(day * 2.5) })];
    expect(openAfter(strips, 4, 7)).toEqual([1, 2, 1, 7]);
    expect(openAfter([], 0, 0)).toEqual([]);
  });
});

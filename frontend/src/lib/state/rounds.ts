// The rounds of audits, as the chart and the strip of each finding draw them.
import type { FiledAudit, Finding, LedgerRound } from '../api';

/** What a round says of a finding: nothing yet, found, still open, closed before it, came back with it, closed long ago. */
export type Cell = 'none' | 'found' | 'open' | 'closed' | 'back' | 'gone';

/** The round of each filing, by its place. */
export type RoundPlaces = ReadonlyMap<string, number>;

export function roundPlaces(rounds: LedgerRound[], filings: FiledAudit[]): RoundPlaces {
  const places = new Map<string, number>();
  for (const { filing } of filings) {
    const at = rounds.findIndex((one) => one.round === filing.round && one.paths.includes(filing.path));
    if (at >= 0) places.set(filing.id, at);
  }
  return places;
}

const unsettled: ReadonlySet<string> = new Set(['open', 'returned']);

/** Whether something is still to be done or decided about a finding. */
export function isOpen(finding: Pick<Finding, 'state'>): boolean {
  return unsettled.has(finding.state);
}

/** What each round says of a finding, and, as the last cell, where it stands now. */
export function stripOf(finding: Finding, rounds: LedgerRound[], places: RoundPlaces): Cell[] {
  const seen = new Map<number, boolean>();
  for (const { filing, returned } of finding.sightings) {
    const at = places.get(filing);
    if (at !== undefined) seen.set(at, (seen.get(at) ?? false) || returned);
  }
  const first = Math.min(...seen.keys());
  const settled = isOpen(finding) ? Infinity : Date.parse(finding.changedAt);
  const cells: Cell[] = [];
  rounds.forEach((round, at) => {
    if (at < first) cells.push('none');
    else if (at === first) cells.push('found');
    else if (seen.get(at)) cells.push(shut(cells, at));
    else if (seen.has(at)) cells.push('open');
    else cells.push(settled <= Date.parse(round.at) ? after(cells) : 'open');
  });
  cells.push(isOpen(finding) ? 'none' : after(cells));
  return cells;
}

/** A finding that came back was closed in the round before, unless that one has reported it. */
function shut(cells: Cell[], at: number): Cell {
  if (at > 0 && cells[at - 1] === 'open') cells[at - 1] = 'closed';
  return 'back';
}

function after(cells: Cell[]): Cell {
  const last = cells.at(-1);
  return last === 'closed' || last === 'gone' ? 'gone' : 'closed';
}

/** The strip as it is read aloud. */
export function saidOf(cells: Cell[]): string {
  const found = cells.indexOf('found');
  const back = cells.lastIndexOf('back');
  const closed = cells.lastIndexOf('closed');
  const words = [found < 0 ? 'Found outside of the rounds' : `Found in round ${found + 1}`];
  if (back > found) words.push(`came back in round ${back + 1}`);
  if (closed < 0 || closed < Math.max(found, back)) words.push('still open');
  else words.push(closed === cells.length - 1 ? 'closed since the last round' : `closed before round ${closed + 1}`);
  return words.join(', ');
}

/** How many findings were open after each round; after the last one, those that are open now. */
export function openAfter(strips: Iterable<Cell[]>, rounds: number, now: number): number[] {
  const counts = new Array<number>(rounds).fill(0);
  for (const cells of strips) {
    for (let at = 0; at < rounds; at++) {
      const cell = cells[at];
      if (cell === 'found' || cell === 'open' || cell === 'back') counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  if (rounds > 0) counts[rounds - 1] = now;
  return counts;
}

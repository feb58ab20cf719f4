// The findings of the fake: one project has a ledger, the others have none yet.
import type { Api } from '../client';
import { ApiError } from '../error';
import type { FiledAudit, Finding, FindingAct, Ledger, LedgerRound, LedgerSummary } from '../types';
import { type Seed, seedLedger } from './ledger-seed';
import { me, type World } from './world';

const unsettled = ['open', 'returned'];

export function fakeLedger(world: World, owner: string, more: number): Api['findings'] {
  const seeds = new Map<string, Seed>();
  const of = (id: string): Seed => {
    const { project } = world.work(id);
    const seed = seeds.get(id) ?? (project.name === owner ? seedLedger(id, Date.now(), more) : { findings: [], filings: [] });
    seeds.set(id, seed);
    return seed;
  };
  const find = (seed: Seed, ref: string): Finding => {
    const one = seed.findings.find(({ id, number }) => id === ref || number === ref);
    if (!one) throw new ApiError('not_found', `There is no finding ${ref} in this project.`);
    return one;
  };
  const keep = (id: string, changed: Finding[]): Finding[] => {
    const seed = of(id);
    const byId = new Map(changed.map((one) => [one.id, one]));
    const added = changed.filter((one) => !seed.findings.some(({ id: known }) => known === one.id));
    seed.findings = [...seed.findings.map((one) => byId.get(one.id) ?? one), ...added];
    world.emit(id, { ledger: { ids: [...byId.keys()], summary: summaryOf(seed.findings) } });
    return changed;
  };

  return {
    ledger: async (id) => ledgerOf(id, of(id)),
    list: async (id) => ({ findings: of(id).findings, total: of(id).findings.length, summary: summaryOf(of(id).findings) }),
    act: async (id, act) => {
      const seed = of(id);
      return keep(id, act.ids.map((ref) => find(seed, ref)).map((one) => changed(one, act, act.into ? find(seed, act.into) : undefined)));
    },
    split: async (id, { id: ref, sightings, title }) => {
      const seed = of(id);
      const one = find(seed, ref);
      const moved = one.sightings.filter((_, i) => sightings.includes(i));
      const number = `F-${String(seed.findings.length + 1).padStart(3, '0')}`;
      const part: Finding = { ...one, id: world.id(), number, title: title || (moved[0]?.title ?? one.title), sightings: moved.length ? moved : one.sightings.slice(-1), state: 'open', reason: `Split off ${one.number}.` };
      return keep(id, [{ ...one, sightings: one.sightings.filter((_, i) => !sightings.includes(i)) }, part]);
    },
    file: async (id) => {
      const [filed] = ledgerOf(id, of(id)).filings;
      if (!filed) throw new ApiError('not_found', 'There is no audit to be filed.');
      return filed;
    },
    export: async (id, format) => ({ name: `findings.${format}`, type: 'text/plain', text: of(id).findings.map((one) => `${one.number} ${one.title}`).join('\n') }),
  };
}

function changed(one: Finding, act: FindingAct, into?: Finding): Finding {
  const next: Finding = { ...one, reason: act.reason, step: '', date: '', commit: '', duplicateOf: '', changedAt: new Date().toISOString(), by: me };
  const weighty = ['P0', 'P1', ''].includes(one.severity) && act.reason.trim().length < 20;
  if (weighty && (act.verb === 'accept' || act.verb === 'schedule')) {
    throw new ApiError('invalid', `${act.verb === 'accept' ? 'Accepting' : 'Scheduling'} ${one.number}, a ${one.severity}, needs a reason of at least 20 characters.`);
  }
  switch (act.verb) {
    case 'fix':
      return { ...next, state: 'fixed', commit: act.commit };
    case 'accept':
      return { ...next, state: 'accepted' };
    case 'schedule':
      return { ...next, state: 'scheduled', step: act.step, date: act.date };
    case 'judge':
      return { ...one, severity: act.severity, judged: true };
    case 'distinct':
      return { ...one, doubt: '' };
    case 'merge':
      return { ...next, state: 'duplicate', duplicateOf: into?.id ?? '', doubt: '' };
    default:
      return { ...next, state: 'open' };
  }
}

function tally(list: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of list) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

function summaryOf(findings: Finding[]): LedgerSummary {
  const counted = findings.filter((one) => one.state !== 'duplicate');
  return {
    total: counted.length,
    byState: tally(findings.map((one) => one.state)),
    open: tally(counted.filter((one) => unsettled.includes(one.state)).map((one) => one.severity)),
    doubtful: counted.filter((one) => one.doubt).length,
  };
}

function ledgerOf(projectId: string, { findings, filings }: Seed): Ledger {
  const audits = filings.map((filing): FiledAudit => {
    const here = findings.filter((one) => one.sightings.some((seen) => seen.filing === filing.id));
    const fresh = here.filter((one) => one.sightings[0]?.filing === filing.id);
    const returned = here.filter((one) => one.sightings.some((seen) => seen.filing === filing.id && seen.returned)).length;
    return { filing, new: tally(fresh.map((one) => one.severity)), known: here.length - fresh.length, returned, doubtful: 0 };
  });
  const rounds = audits.map(({ filing, new: fresh, known, returned }): LedgerRound => ({ phase: filing.phase, round: filing.round, paths: [filing.path], at: filing.at, new: fresh, known, returned, mismatch: filing.mismatch !== '' }));
  return {
    projectId,
    summary: summaryOf(findings),
    curve: { rounds, plateau: false, growing: false, sentence: '' },
    filings: audits.toReversed(),
    categories: [...new Set(findings.map((one) => one.category))].sort(),
  };
}

// Findings in words: their states, where they were seen, and their text for a prompt.
import type { FiledAudit, Finding, FindingState, LedgerRound, Sighting } from '../../lib/api';
import { isOpen, roundPlaces } from '../../lib/state/rounds';
import { plural } from '../../lib/ui/format';
import type { IconName } from '../../lib/ui/icons';

export interface StateLook {
  word: string;
  icon: IconName;
  tone: 'plain' | 'green' | 'amber' | 'red' | 'blue' | 'line';
}

const looks: Record<FindingState, StateLook> = {
  open: { word: 'Open', icon: 'alert', tone: 'amber' },
  returned: { word: 'Came back', icon: 'back', tone: 'red' },
  scheduled: { word: 'Scheduled', icon: 'history', tone: 'blue' },
  accepted: { word: 'Accepted', icon: 'edit', tone: 'plain' },
  fixed: { word: 'Fixed', icon: 'check', tone: 'green' },
  duplicate: { word: 'Duplicate', icon: 'copy', tone: 'line' },
};

export function lookOf(state: string): StateLook {
  return looks[state as FindingState] ?? { word: state, icon: 'info', tone: 'line' };
}

const severityWords: Record<string, string> = { P0: 'critical', P1: 'high', P2: 'medium', P3: 'low' };

export function severityWord(level: string): string {
  return severityWords[level] ?? 'no severity';
}

export function totalOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

/** What the last rounds brought, where the ledger itself has nothing to say. */
export function roundSentence(rounds: LedgerRound[]): string {
  const last = rounds.at(-1);
  if (!last) return '';
  const found = totalOf(last.new);
  const back = last.returned > 0 ? ` ${plural(last.returned, 'finding')} came back.` : '';
  if (found === 0) return `Round ${rounds.length} found nothing new.${back}`;
  const before = rounds.at(-2);
  const trend = before ? `, after ${totalOf(before.new)} in the one before` : '';
  return `Round ${rounds.length} found ${found} new${trend}.${back}`;
}

/** What stands under each round: who looked, where all of its reports are by one, else what was audited. */
export function roundNames(rounds: LedgerRound[], filings: FiledAudit[], findings: Finding[], titleOf: (phase: string) => string): string[] {
  const places = roundPlaces(rounds, filings);
  const personas = rounds.map(() => new Set<string>());
  for (const { filing, persona } of findings.flatMap((one) => one.sightings)) personas[places.get(filing) ?? -1]?.add(persona);
  return rounds.map((round, at) => {
    const audits = new Set(filings.filter(({ filing }) => places.get(filing.id) === at).map(({ filing }) => titleOf(filing.phase)));
    const [persona] = personas[at] ?? [];
    const [audit] = audits;
    if (personas[at]?.size === 1 && persona) return persona;
    if (audits.size > 1) return `${audits.size} audits`;
    return audit || (round.paths[0]?.split('/').at(-1)?.replace(/(-\d+)?\.md$/, '') ?? '');
  });
}

/** "http/limit.go:31" as a file, for a narrow column. */
export function fileOf(location: string): string {
  return location.split(/[\s,;]/)[0]?.replace(/:\d+(-\d+)?$/, '') ?? '';
}

/** Who reported it, where it is known: "Support, round 6". */
export function seenBy({ persona, round, path }: Sighting): string {
  const who = persona || path.split('/').at(-1)?.replace(/\.md$/, '') || 'An audit';
  return round > 0 ? `${who}, round ${round}` : who;
}

/** Where a scheduled finding is to be fixed. */
export function whenOf({ step, date }: Pick<Finding, 'step' | 'date'>): string {
  return [step && `Step ${step} of the plan`, date && `by ${date}`].filter(Boolean).join(', ');
}

/** A finding as Markdown, to be put into a prompt. */
export function findingText(one: Finding): string {
  const parts = [
    `### ${one.number} ${one.title}`,
    [one.severity && `- Severity: ${one.severity} (${severityWord(one.severity)})`, one.category && `- Category: ${one.category}`, one.location && `- Where: ${one.location}`].filter(Boolean).join('\n'),
    one.problem,
    one.fix && `Fix: ${one.fix}`,
    one.verify && `Verify: ${one.verify}`,
  ];
  return parts.filter(Boolean).join('\n\n');
}

/** What a fix prompt is made of: some findings, the worst first. */
export function findingsText(project: string, findings: Finding[]): string {
  const text = findings.map(findingText).join('\n\n');
  return `# Findings of ${project}\n\n${text}\n`;
}

/** Whether leaving it needs a reason: one that nobody gave a severity may be as bad as any. */
export function weighty({ severity }: Pick<Finding, 'severity'>): boolean {
  return severity === 'P0' || severity === 'P1' || severity === '';
}

/** Those that are most likely the same as some: alike titles or places first, open ones before settled ones. */
export function likely(from: Finding[], all: Finding[], words: string): Finding[] {
  const own = new Set(from.map((one) => one.id));
  const known = new Set(from.flatMap((one) => wordsOf(one)));
  const doubts = new Set(from.map((one) => one.doubt));
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const score = (one: Finding): number =>
    (doubts.has(one.id) ? 100 : 0) + wordsOf(one).filter((word) => known.has(word)).length * 2 + (from.some((other) => other.location && fileOf(other.location) === fileOf(one.location)) ? 1 : 0) + (isOpen(one) ? 0.5 : 0);
  return all
    .filter((one) => !own.has(one.id) && one.state !== 'duplicate' && wanted.every((word) => `${one.number} ${one.title} ${one.location}`.toLowerCase().includes(word)))
    .map((one) => ({ one, score: score(one) }))
    .sort((a, b) => b.score - a.score)
    .map(({ one }) => one);
}

function wordsOf({ title }: Finding): string[] {
  return title.toLowerCase().split(/\W+/).filter((word) => word.length > 3);
}

// Audits of seven rounds and what they have found, for the ledger of the fake.
import type { Filing, Finding, Sighting } from '../types';

const day = 86_400_000;
const personas = ['Codebase', 'Security', 'Failures', 'Scale', 'Privacy', 'Support', 'Fresh eyes'];
/** How many of each severity every round brought. */
const brought = [[2, 6, 7, 4], [1, 3, 4, 3], [0, 3, 3, 2], [0, 1, 3, 1], [0, 1, 2, 1], [0, 1, 1, 0], [0, 0, 1, 1]] as const;

interface Told {
  title: string;
  location: string;
  category: string;
  severity: string;
  round: number;
  problem: string;
  fix: string;
  verify: string;
}

/** Those of the mock-up. */
const told: Told[] = [
  {
    title: 'Rate limiter trusts X-Forwarded-For from any peer', location: 'http/limit.go:31', category: 'Security', severity: 'P1', round: 6,
    problem: 'A client can send a new address in each request and never reach the limit. Only a listed proxy should be believed.',
    fix: 'Read the header only when the peer is a configured proxy; use the address of the connection otherwise.',
    verify: 'Send 200 requests with a new X-Forwarded-For each: the 101st answers 429.',
  },
  {
    title: 'Unbounded station list held in memory per request', location: 'http/list.go:88', category: 'Performance', severity: 'P2', round: 3,
    problem: 'Every request copies all stations before it filters them. With 40,000 stations a request allocates 90 MB.',
    fix: 'Filter while reading, and stop at the limit of the page.', verify: 'The benchmark of the list allocates less than 1 MB.',
  },
  {
    title: 'CSV cells starting with = are not escaped', location: 'output/csv.go:52', category: 'Security', severity: 'P2', round: 5,
    problem: 'A station name such as “=1+1” is run as a formula by spreadsheet programs.', fix: 'Put a quote before cells that begin with = + - or @.', verify: 'A test writes such a name and reads it back.',
  },
  {
    title: 'Shutdown drops requests older than 5 seconds', location: 'http/server.go:140', category: 'Error handling', severity: 'P2', round: 7,
    problem: 'Long exports end with a broken connection when the server restarts.', fix: 'Wait for running requests up to the limit in the settings.', verify: 'A request of 8 seconds survives a restart.',
  },
  {
    title: 'Station names shown without a locale', location: 'station/name.go:17', category: 'Edge cases', severity: 'P3', round: 7,
    problem: 'Names with accents are sorted behind Z.', fix: 'Sort by the rules of the language in the settings.', verify: 'Ålesund stands where a Norwegian looks for it.',
  },
  { title: 'Path traversal through the station id', location: 'station/load.go:40', category: 'Security', severity: 'P0', round: 1, problem: 'An id with “../” reads any file of the server.', fix: 'Look ids up in the index.', verify: 'An id with “../” answers 404.' },
  { title: 'Debug endpoint reachable without a token', location: 'http/routes.go:12', category: 'Security', severity: 'P0', round: 2, problem: 'Everybody can read the heap.', fix: 'Listen on localhost only.', verify: 'The port is closed from outside.' },
  { title: 'No alert when the station file is older than a year', location: 'station/age.go:9', category: 'Monitoring', severity: 'P2', round: 3, problem: 'Old tables are served without a word.', fix: 'Warn from 365 days on.', verify: 'An old file writes a warning.' },
];

const subjects = ['Timeout', 'Retry', 'Cache', 'Log line', 'Index', 'Datum', 'Query', 'Clock', 'Config key', 'Header', 'Lock', 'Buffer', 'Migration'];
const faults = ['is missing for slow stations', 'ignores the limit', 'is never released', 'holds a secret', 'is wrong after daylight saving', 'has no test', 'differs between text and JSON'];
const places = ['http/limit.go', 'http/list.go', 'station/load.go', 'station/name.go', 'output/csv.go', 'predict/harmonic.go', 'store/index.go', 'cmd/tide.go'];
const categories = ['Security', 'Error handling', 'Edge cases', 'Performance', 'Monitoring', 'Testing', 'Integration'];

function made(n: number, severity: string, round: number): Told {
  return {
    title: `${subjects[n % subjects.length]} ${faults[(n * 3) % faults.length]}`, location: `${places[(n * 5) % places.length]}:${10 + ((n * 17) % 180)}`,
    category: categories[n % categories.length] ?? '', severity, round, problem: 'It shows only under load, and nothing tells of it.', fix: 'Handle the case where it begins.', verify: 'A test fails without the fix.',
  };
}

export interface Seed {
  findings: Finding[];
  filings: Filing[];
}

const person = { kind: 'person', name: 'Ada Byron' };

/** The ledger of a project, with as many findings as are wanted, 51 by themselves. */
export function seedLedger(projectId: string, now: number, more = 0): Seed {
  const when = (round: number): string => new Date(now - (8 - round) * 2 * day).toISOString();
  const filings = personas.map((persona, i): Filing => ({
    id: `filing-${i + 1}`, projectId, phase: 'security', round: i + 1, runId: '', path: `audits/security-0${i + 1}.md`, version: 1, hash: '', listed: {}, claims: [],
    mismatch: i === 3 ? 'The text claims 6 findings; 5 can be read.' : '', phrase: '', notes: i === 3 ? ['Finding 6 has a number, but no text.', `One finding of ${persona} has no severity word of its own.`] : [], lookedAt: when(i + 1), at: when(i + 1),
  }));
  const list: Told[] = [];
  brought.forEach((counts, i) =>
    counts.forEach((count, level) => {
      const known = told.filter((one) => one.round === i + 1 && one.severity === `P${level}`);
      list.push(...known);
      for (let k = known.length; k < count; k++) list.push(made(list.length * 7 + level, `P${level}`, i + 1));
    }),
  );
  for (let k = 0; k < more; k++) list.push(made(k, `P${1 + (k % 3)}`, 1 + (k % 7)));
  const findings = list.map((one, i) => finding(projectId, one, i + 1, filings));
  const [first, second] = [findings.find((one) => one.title.startsWith('CSV')), findings.find((one) => one.title.startsWith('Header'))];
  if (first && second) first.doubt = second.id;
  return { findings, filings };
}

function finding(projectId: string, one: Told, n: number, filings: Filing[]): Finding {
  const open = told.indexOf(one) >= 0 && told.indexOf(one) < 5;
  const back = one.title.startsWith('Unbounded');
  const accepted = one.title.startsWith('No alert') || n % 23 === 0;
  const state = back ? 'returned' : open ? 'open' : accepted ? 'accepted' : n % 19 === 0 ? 'scheduled' : 'fixed';
  const rounds = back ? [3, 4, 6, 7] : open && one.round < 7 ? Array.from({ length: 8 - one.round }, (_, i) => one.round + i) : [one.round];
  const sightings = rounds.map((round): Sighting => ({
    filing: `filing-${round}`, phase: 'security', round, runId: '', path: `audits/security-0${round}.md`, persona: personas[round - 1] ?? '', number: `${n}`, title: one.title, severity: one.severity,
    category: one.category, location: one.location, status: '', returned: back && round === 6, byHand: false, at: filings[round - 1]?.at ?? '',
  }));
  const changedAt = new Date(Date.parse(filings[one.round - 1]?.at ?? '') + day).toISOString();
  return {
    id: `finding-${n}`, projectId, number: `F-${String(n).padStart(3, '0')}`, title: one.title, severity: one.severity, judged: false, category: one.category, location: one.location,
    problem: one.problem, fix: one.fix, verify: one.verify, fingerprint: '', state, reason: accepted ? 'The tables are replaced each December, and the risk until then is small.' : '',
    step: state === 'scheduled' ? '9' : '', date: '', commit: state === 'fixed' ? (n * 7_654_321).toString(16).slice(0, 8) : '', duplicateOf: '', doubt: '', sightings, createdAt: sightings[0]?.at ?? '', changedAt, by: person,
  };
}

// The plan of the fake: twelve steps under three headings, as a document and as what is read from it.
import type { Finding, PlanStep, PlanView } from '../types';

interface Seed {
  title: string;
  task: string;
  files: string[];
  depends?: number[];
  effort: string;
  risk: string;
  riskWhy?: string;
  tags?: string[];
  covers?: string[];
  user?: string;
}

const milestones = [
  { title: 'Offline core', from: 1, to: 4 },
  { title: 'Command line', from: 5, to: 7 },
  { title: 'Service and release', from: 8, to: 12 },
];

const seeds: Seed[] = [
  { title: 'Harmonic engine', task: 'Predict a height from the constituents of a station.', files: ['internal/harmonic/engine.go', 'internal/harmonic/engine_test.go'], effort: 'L', risk: 'high', riskWhy: 'Every number rests on it.', covers: ['AC-1'] },
  { title: 'Station catalogue', task: 'Read stations from an embedded file, and find them by name.', files: ['internal/station/catalogue.go', 'internal/station/stations.bin'], effort: 'M', risk: 'low', tags: ['data-store'], covers: ['AC-3'] },
  { title: 'High and low water search', task: 'Find the next extremes from any moment.', files: ['internal/search/search.go', 'internal/search/search_test.go'], depends: [1], effort: 'M', risk: 'medium', covers: ['AC-1'] },
  { title: 'Reference-station tests', task: 'Compare 12 stations with the published tables of 2025.', files: ['internal/search/reference_test.go'], depends: [2, 3], effort: 'M', risk: 'low', covers: ['AC-1'] },
  { title: 'CLI: next and table', task: 'Two commands over the search, with text for people.', files: ['cmd/tidewatch/main.go', 'cmd/tidewatch/next.go', 'cmd/tidewatch/table.go'], depends: [3], effort: 'M', risk: 'low', covers: ['AC-2'] },
  { title: 'Text, JSON and CSV output', task: 'One formatter for the three forms; every number names its datum.', files: ['internal/output/format.go', 'internal/output/format_test.go'], depends: [5], effort: 'S', risk: 'low', covers: ['AC-4'] },
  { title: 'UTC offsets and clock changes', task: 'A repeated hour appears once, with its offset. Convert from UTC in one place.', files: ['internal/output/format.go', 'internal/output/format_test.go', 'internal/station/zone.go'], depends: [5, 6], effort: 'M', risk: 'high', riskWhy: 'Half-hour changes exist.', covers: ['AC-5'], user: 'Install the tzdata package on the build machine.' },
  { title: 'HTTP API', task: 'Answer `GET /v1/stations/{id}/tides` from the same search.', files: ['internal/api/server.go', 'internal/api/server_test.go'], depends: [5, 7], effort: 'L', risk: 'medium', tags: ['auth'], covers: ['AC-6'] },
  { title: 'Range limits and 422 answers', task: 'Refuse more than 366 days, and state the limit.', files: ['internal/api/limits.go'], depends: [8], effort: 'S', risk: 'low', covers: ['AC-6'] },
  { title: 'Rate limiting', task: 'Ten requests a second for each address.', files: ['internal/api/rate.go', 'internal/api/rate_test.go'], depends: [8], effort: 'M', risk: 'medium' },
  { title: 'Release archive and checksums', task: 'One archive for each system, with SHA-256 sums.', files: ['.github/workflows/release.yml'], depends: [5], effort: 'S', risk: 'low' },
  { title: 'Manual page and examples', task: 'A man page, and three examples that are run as tests.', files: ['doc/tidewatch.1', 'doc/examples_test.go'], depends: [6], effort: 'S', risk: 'low', covers: ['AC-2'] },
];

function block(seed: Seed, number: number, marked: boolean): string {
  const lines = [
    `- [${marked ? 'x' : ' '}] **Step ${number}: ${seed.title}**`,
    `  - **Task**: ${seed.task}`,
    ...(seed.files.length > 0 ? [`  - **Files**: ${seed.files.map((one) => `\`${one}\``).join(', ')}`] : []),
    ...(seed.depends ? [`  - **Depends**: ${seed.depends.map((one) => `Step ${one}`).join(', ')}`] : []),
    ...(seed.effort ? [`  - **Effort**: ${seed.effort}`] : []),
    ...(seed.risk ? [`  - **Risk**: ${seed.risk}${seed.riskWhy ? `. ${seed.riskWhy}` : ''}`] : []),
    ...(seed.covers ? [`  - **Covers**: ${seed.covers.join(', ')}`] : []),
    ...(seed.user ? [`  - **User instructions**: ${seed.user}`] : []),
  ];
  return lines.join('\n');
}

/** The steps that were made of findings, as they stand in a plan. */
function addedTo(plan: string): Seed[] {
  return [...plan.matchAll(/\*\*Step \d+: (Fix F-\d+, .*)\*\*\n {2}- \*\*Task\*\*: (.*)/g)].map(([, title = '', task = '']) => ({ title, task, files: [], effort: '', risk: '' }));
}

/** What stands in a plan behind the steps that it began with. */
export function addedPart(plan: string): string {
  const at = plan.indexOf('\n## Findings\n');
  return at < 0 ? '' : plan.slice(at);
}

/** The plan with a step for each finding, and the numbers of these steps. */
export function withSteps(plan: string, findings: Finding[]): { text: string; numbers: string[] } {
  const first = seeds.length + addedTo(plan).length + 1;
  const blocks = findings.map(({ number, title, fix }, i) => block({ title: `Fix ${number}, ${title}`, task: fix, files: [], effort: '', risk: '' }, first + i, false));
  return { text: `${plan.trimEnd()}\n\n## Findings\n\n${blocks.join('\n')}\n`, numbers: findings.map((_, i) => String(first + i)) };
}

/** The plan with the given steps done. */
export function planText(name: string, done: number): string {
  const part = ({ title, from, to }: (typeof milestones)[number]): string =>
    `## ${title}\n\n${seeds.slice(from - 1, to).map((seed, i) => block(seed, from + i, from + i <= done)).join('\n')}\n`;
  return `# ${name} plan\n\n${milestones.map(part).join('\n')}`;
}

export function blockOf(number: string, plan: string): string {
  const seed = [...seeds, ...addedTo(plan)][Number(number) - 1];
  return seed ? block(seed, Number(number), false) : '';
}

/** What is read from the plan; `states` holds what a person decided about each step. */
export function planView(projectId: string, version: number, states: Map<string, 'done' | 'skipped'>, plan = ''): PlanView {
  const steps = [...seeds, ...addedTo(plan)].map((seed, i): PlanStep => {
    const number = String(i + 1);
    const state = states.get(number);
    return {
      step: {
        number, title: seed.title, task: seed.task, files: seed.files, depends: (seed.depends ?? []).map(String), effort: seed.effort, risk: seed.risk, riskWhy: seed.riskWhy ?? '',
        tags: seed.tags ?? [], tests: '', covers: seed.covers ?? [], user: seed.user ?? '', details: [], milestone: milestones.findIndex((one) => i < one.to),
        parallel: false, marked: state === 'done', box: i, mark: 0, start: 0, end: 0, line: 5 + i * 7,
      },
      state: state ?? 'open', item: state === 'skipped' ? 'waived' : (state ?? 'open'), waits: (seed.depends ?? []).map(String).filter((one) => !states.has(one)), problems: [],
      output: `steps/${number.padStart(2, '0')}.md`, version: state === 'done' ? 1 : 0, runId: '', runState: '', candidateId: '', thread: '', refinements: 0,
    };
  });
  for (const one of steps) if (one.state === 'open' && one.waits.length > 0) one.state = 'blocked';
  const current = steps.findIndex((one) => one.state === 'open');
  const now = steps[current];
  if (now) now.state = 'current';
  const settled = steps.filter((one) => states.has(one.step.number)).length;
  const problems = [{ kind: 'files', steps: [7], text: 'Step 8 lists 23 files; at most 20 are allowed. Split it.' }];
  const eighth = steps[7];
  if (eighth) eighth.problems = [0];
  return {
    projectId, phase: 'build', path: 'plan.md', version, title: 'Plan', steps, problems, uncovered: ['AC-7'], notes: [], current, settled, settledAt: '',
    edges: steps.flatMap((one, to) => one.step.depends.map((number) => ({ from: Number(number) - 1, to, wrong: Number(number) - 1 > to }))),
    milestones: milestones.map(({ title, from, to }) => {
      const done = steps.slice(from - 1, to).filter((one) => states.has(one.step.number)).length;
      return { milestone: { number: '', title, start: 0, end: 0, line: 1 }, settled: done, total: to - from + 1, complete: done === to - from + 1, completeAt: '' };
    }),
  };
}

// The prompts, personas and answers of the fake's library.
import type { Persona, Practice, Variable } from '../types';

export interface FakePrompt {
  id: string;
  title: string;
  summary: string;
  purpose: string;
  phase: string;
  group: string;
  tags: string[];
  source: 'built-in' | 'yours' | 'imported';
  meta?: boolean;
  takes?: string[];
  due?: string;
  overlays?: boolean;
  behind?: boolean;
  favourite?: boolean;
  uses?: number;
  hoursAgo?: number;
  variables: Variable[];
  body: string;
}

function variable(name: string, type: string, label: string, more: Partial<Variable> = {}): Variable {
  return { name, type, label, help: '', required: false, default: '', options: [], source: '', example: '', ...more };
}

const code = variable('code', 'files', 'Code', { required: true, help: 'The files to look at, with their names.', example: 'cmd/tide.go' });
const given = variable('given', 'long-text', 'Text', { required: true, source: 'given', help: 'What the next prompt is made of.' });

export const prompts: FakePrompt[] = [
  {
    id: 'next-round', title: 'What else could go wrong?', summary: 'Next audit round, from a fresh perspective', purpose: 'Run it again and again, each time through other eyes, until a round finds nothing new.',
    phase: 'review', group: 'audits', tags: ['audit', 'security'], source: 'built-in', favourite: true, uses: 23, hoursAgo: 3,
    variables: [
      variable('feature', 'text', 'Feature', { required: true, source: 'project.name', example: 'Tide API and CLI' }),
      variable('round', 'number', 'Round', { required: true, default: '1', example: '8' }),
      variable('perspective', 'text', 'Perspective', { source: 'persona.title', required: true }),
      variable('spec', 'artifact', 'Spec', { source: 'spec.md' }),
      variable('known', 'long-text', 'Known findings', { source: 'ledger.known', help: 'What earlier rounds have found.' }),
      code,
    ],
    body: `You are a {{perspective}} reading {{feature}} for the first time. This is audit round {{round}}.
{{#known}}

Earlier rounds found the issues below. Do not repeat them, and do not restate them in other words.

<known-findings>
{{known}}
</known-findings>
{{/known}}
{{#spec}}

Hold the code against the specification:

<spec>
{{spec}}
</spec>
{{/spec}}

<code>
{{code}}
</code>

Ask one question of every function: *what else could go wrong?* Consider proxies, clock changes, partial writes, hostile input and a full disk.

For each new issue give a level (P0 to P3), the file and line, how to see it happen, and the smallest fix. If there is none, write exactly:

NO NEW ISSUES FOUND
`,
  },
  {
    id: 'issue-analysis', title: 'Codebase issue analysis', summary: 'Seven kinds of issue, with file and line', purpose: 'The first look at code that nobody has audited yet.',
    phase: 'review', group: 'analysis', tags: ['audit', 'code'], source: 'built-in', favourite: true, uses: 11, hoursAgo: 30,
    variables: [code, variable('focus', 'multi-choice', 'Look for', { options: ['correctness', 'security', 'performance', 'clarity'], help: 'Nothing chosen means all of them.' })],
    body: 'Read the code below and list what is wrong with it.{{#focus}} Look for these alone: {{focus}}.{{/focus}}\n\n<code>\n{{code}}\n</code>\n\nGive each issue a level, the file and line, and the smallest fix.\n',
  },
  {
    id: 'security-audit', title: 'Security audit', summary: 'Ends with NO SECURITY ISSUES FOUND', purpose: 'Before a release, and after anything that touches accounts or data.',
    phase: 'security', group: 'audits', tags: ['audit', 'security'], source: 'built-in', uses: 4, hoursAgo: 90,
    variables: [code, variable('stage', 'choice', 'Stage', { options: ['mid-build', 'final'], default: 'mid-build', required: true })],
    body: 'Audit the code below for security. It is the {{stage}} audit.\n\n<code>\n{{code}}\n</code>\n\nWhen there is nothing to fix, write exactly:\n\nNO SECURITY ISSUES FOUND\n',
  },
  {
    id: 'failure-modes', title: 'Failure mode analysis', summary: 'Detect, limit and recover, one by one', purpose: '', phase: 'review', group: 'techniques', tags: ['technique'], source: 'built-in',
    variables: [variable('feature', 'text', 'Feature', { required: true, source: 'project.name', example: 'Booking a berth' })],
    body: 'List how {{feature}} can fail. For each failure say how it is detected, how its harm is limited, and how one recovers.\n',
  },
  {
    id: 'scale-stress', title: 'Scale stress test', summary: 'What breaks first at a hundred times the load', purpose: '', phase: 'performance', group: 'techniques', tags: ['technique', 'performance'], source: 'built-in',
    variables: [variable('volume', 'text', 'Volume today', { required: true, example: '400 requests a minute' }), variable('launch', 'date', 'Launch'), variable('regions', 'yes-no', 'Several regions')],
    body: 'Today the system carries {{volume}}. Multiply that by a hundred and say, in order, what breaks.{{#launch}} The launch is on {{launch}}.{{/launch}}\n',
  },
  {
    id: 'fix-prompt', title: 'Fix prompt from findings', summary: 'Grouped by severity, ready to paste', purpose: 'Turns what an audit found into the prompt for a new chat that fixes it.',
    phase: '', group: 'meta', tags: ['meta'], source: 'built-in', meta: true, takes: ['findings'], uses: 6, hoursAgo: 28,
    variables: [given, variable('rules', 'long-text', 'Project rules', { help: 'What every fix must respect.', example: 'Go 1.25, no new dependencies' })],
    body: 'Write a complete prompt for a new chat that fixes the findings below, the worst first.\n\n<findings>\n{{given}}\n</findings>\n{{#rules}}\n<rules>\n{{rules}}\n</rules>\n{{/rules}}\nAnswer with the prompt alone: `## Context`, `## Task`, `## Rules`, `## Output`.\n',
  },
  {
    id: 'task-prompt', title: 'Prompt from a task list', summary: 'Turns a plan into instructions', purpose: '', phase: '', group: 'meta', tags: ['meta', 'planning'], source: 'built-in', meta: true, takes: ['tasks', 'document'],
    variables: [given], body: 'Turn the list below into instructions that an agent can follow step by step.\n\n<list>\n{{given}}\n</list>\n',
  },
  {
    id: 'daily-review', title: 'Daily review', summary: 'What changed today, and what it could break', purpose: '', phase: '', group: 'practice', tags: ['practice'], source: 'built-in', due: 'day', uses: 9, hoursAgo: 26,
    variables: [variable('changes', 'long-text', 'Changes', { required: true, help: 'A diff, or a few sentences.', example: 'The cache now keeps stations for a day' })],
    body: 'Look at the changes of today as a reviewer who was not there.\n\n<changes>\n{{changes}}\n</changes>\n\nSay what they could break, and which test is missing.\n',
  },
  {
    id: 'tidy-commit', title: 'Tidy a commit message', summary: 'Imperative, short, and with the reason', purpose: '', phase: '', group: 'writing', tags: ['git'], source: 'yours', uses: 2, hoursAgo: 5,
    variables: [variable('message', 'long-text', 'Message', { required: true, example: 'fixed stuff' })],
    body: 'Rewrite this commit message: one imperative line of at most 72 characters, then why.\n\n{{message}}\n',
  },
  {
    id: 'summarise', title: 'Summarise a page', summary: 'Imported from a fabric library', purpose: '', phase: '', group: 'imported', tags: ['writing'], source: 'imported',
    variables: [variable('input', 'long-text', 'Input', { required: true })], body: '# Identity\n\nYou summarise pages for people in a hurry.\n\n# Input\n\n{{input}}\n',
  },
];

export const personas: Persona[] = [
  { id: 'network-operator', title: 'Network operator', summary: 'Proxies, time-outs, half-open connections', text: 'You have run networks for twenty years.', source: 'built-in', base: '', revision: 'fake', file: '' },
  { id: 'attacker', title: 'Attacker', summary: 'Hostile input and what it leads to', text: 'You look for the way in.', source: 'built-in', base: '', revision: 'fake', file: '' },
  { id: 'new-colleague', title: 'New colleague', summary: 'What nobody wrote down', text: 'It is your first week.', source: 'built-in', base: '', revision: 'fake', file: '' },
  { id: 'accountant', title: 'Accountant', summary: 'Figures that do not add up', text: 'You check every sum.', source: 'yours', base: '', revision: 'fake', file: '' },
];

export const findings = `## Summary

The parts that talk to the network trust the answer too early.

Total: 2 (P0: 0, P1: 1, P2: 1, P3: 0)

## Findings

- [ ] P1: A truncated download replaces the station list
  - **Where:** \`stations/fetch.go:58\`
  - **Problem:** the file is renamed before its length is checked
  - **Fix:** compare with Content-Length first
- [ ] P2: The cache is never pruned
  - **Where:** \`cache/store.go:31\`
  - **Problem:** it grows by 4 MB a day
  - **Fix:** keep the last 30 days
`;

export const nextPrompt = `## Context

Tidewatch reads tide tables offline. An audit found two defects.

## Task

Fix them, the worst first, each with a test that fails before the fix.

## Rules

- Change nothing else.

## Output

One file after another, whole.
`;

export function practice(project: string, name: string): Practice[] {
  const day = 24 * 3_600_000;
  const at = (days: number): string => new Date(Date.now() + days * day).toISOString();
  return [
    { promptId: 'daily-review', title: 'Daily review', summary: 'What changed today, and what it could break', projectId: '', project: '', rhythm: 'Every day', lastAt: at(-1.1), lastRun: '', dueAt: at(-0.1), due: true },
    { promptId: 'next-round', title: 'What else could go wrong?', summary: '', projectId: project, project: name, rhythm: 'Every week', lastAt: at(-3), lastRun: '', dueAt: at(4), due: false },
  ];
}

import type { ModelStatus, Phase, Settings, Workflow } from '../types';

export const preflight = `# Preflight

Six things that are cheap to settle before the first prompt runs, and dear to settle later.

- [ ] The prompts of this project are saved in one place
- [ ] The README says which prompt is used when
- [ ] CI runs the linter and the tests on every change
- [ ] The naming and merging of branches is agreed
- [ ] Secrets have a store, and none is in the code or in a prompt
- [ ] CI results and alerts reach a channel that somebody reads
`;

export const spec = `# Tidewatch specification

Tidewatch answers one question without a network: *when is the next high or low water at this station, and how high will it be?* It ships as one binary that is both a command-line tool and a small HTTP API.

## 2 Interfaces

| Command or endpoint | Input | Answers | Errors |
|---|---|---|---|
| \`tidewatch next\` | station, count 1–20 | Text, JSON | Unknown station |
| \`tidewatch table\` | station, from, 1–366 days | Text, JSON, CSV | Range too long |
| \`GET /v1/stations/{id}/tides\` | from, to, datum | JSON | 404, 422 |

Heights are given against chart datum unless \`--datum\` says otherwise. Every answer names the datum it used, so a number can never be read against the wrong zero.

## 5 Acceptance checklist

- [x] Predictions for the 12 reference stations are within 2 minutes and 3 cm of the published 2025 tables.
- [x] \`tidewatch next\` answers in under 50 ms on a cold start.
- [ ] Times around a daylight-saving change appear once, with their UTC offset.
- [ ] The API refuses ranges longer than 366 days with 422 and states the limit.

## 6 Open questions

- Which vertical datum is the default for stations outside the UK and the US?
`;

export const request = `# Tidewatch

## What it is

A tide-table tool that works offline, for people who row, sail and fish.

## Acceptance checklist

- [ ] A person without a network gets the next high water in one command
- [ ] Every number names its datum
- [ ] It runs on Linux, macOS and Windows
`;

const phase = (id: string, title: string, more: Partial<Phase> = {}): Phase => ({
  id,
  title,
  summary: '',
  kind: 'document',
  prompt: '',
  output: `${id}.md`,
  template: '',
  strip: false,
  optional: false,
  freezes: false,
  prompts: [],
  inputs: [],
  gate: [],
  ...more,
});

export const workflow: Workflow = {
  id: 'idea-to-production',
  title: 'Idea to production',
  summary: 'From a first idea to running software, one agreed document at a time.',
  source: 'built-in',
  loop: { phases: [], cap: 0, ends: '' },
  triggers: [],
  phases: [
    phase('preflight', 'Preflight', { kind: 'manual', strip: true, output: 'checklists/preflight.md', template: 'preflight' }),
    phase('request', 'Request', { prompt: 'request', summary: 'Say what people need and for whom, until nothing in it is unclear.' }),
    phase('spec', 'Spec', { prompt: 'spec', freezes: true, summary: 'Decide exactly what will be built, and freeze it.' }),
    phase('plan', 'Plan', { prompt: 'plan', summary: 'Cut the specification into small steps that can each be verified.' }),
    phase('build', 'Build loop', { kind: 'build', output: 'steps.md', prompts: ['codegen', 'refine', 'restart'] }),
    phase('review', 'Review', { kind: 'audit', prompt: 'review', output: 'audits/review-NN.md' }),
    phase('security', 'Security', { kind: 'audit', prompt: 'security-audit', output: 'audits/security-NN.md' }),
    phase('performance', 'Performance', { kind: 'audit', optional: true, prompt: 'performance-benchmark', output: 'audits/performance-NN.md' }),
    phase('release', 'Release'),
    phase('golive', 'Go live', { kind: 'manual' }),
  ],
};

const loop = (id: string, title: string, summary: string, phases: [string, string][]): Workflow => ({
  ...workflow, id, title, summary, phases: phases.map(([one, name]) => phase(one, name)),
});

/** All three, for the choice of a new project. The projects of the fake follow the first. */
export const workflows: Workflow[] = [
  workflow,
  loop('harden', 'Harden what works', 'Analyse, fix and check in rounds, until a round finds nothing that matters.', [['implement', 'Implement'], ['analyse', 'Analyse'], ['fix', 'Fix'], ['readiness', 'Readiness'], ['plan', 'Plan'], ['enhance', 'Enhance']]),
  loop('agent-task', 'One task with a model', 'Choose how to work, specify, run, review against the specification, refine at most three times.', [['classify', 'Classify'], ['spec', 'Spec'], ['run', 'Run'], ['review', 'Review'], ['refine', 'Refine']]),
];

export const settings: Settings = {
  theme: 'system',
  textSize: 'normal',
  ollamaUrl: 'http://127.0.0.1:11434',
  defaultModel: '',
  authorName: 'Ada Byron',
  openQuestions: 0,
  dailyBackups: 7,
  weeklyBackups: 4,
  singleKeys: true,
  practice: true,
  refinements: 3,
  refinementsWarn: 2,
  stepFiles: 20,
  chatUrl: '',
};

const model = (name: string, size: number, contextLength: number, quantization: string) => ({
  name,
  digest: '',
  size,
  parameters: '',
  quantization,
  contextLength,
  loaded: false,
  loadedContext: 0,
  remote: false,
  thinking: false,
});

export const models: ModelStatus = {
  url: 'http://127.0.0.1:11434',
  running: true,
  version: '0.17.4',
  models: [
    model('qwen2.5-coder:14b', 9.0e9, 32768, 'Q4_K_M'),
    model('llama3.1:8b', 4.9e9, 131072, 'Q4_K_M'),
    model('nomic-embed-text:latest', 274e6, 8192, 'F16'),
  ],
  default: 'qwen2.5-coder:14b',
  message: '',
  hint: '',
  checkedAt: new Date(0).toISOString(),
};

/** The projects of the mock-ups: name, summary, phases passed, what stands out. */
export const projects = [
  { name: 'Tidewatch', summary: 'A tide-table CLI and API that works offline', passed: 1, stale: false, hoursAgo: 0.2 },
  { name: 'Ledgerline', summary: 'Double-entry books for freelancers', passed: 3, stale: false, hoursAgo: 2 },
  { name: 'Fernote', summary: 'Plain-text notes with spaced review', passed: 2, stale: true, hoursAgo: 26 },
  { name: 'Kilnlog', summary: 'Firing curves and logs for potters', passed: 7, stale: false, hoursAgo: 75 },
];

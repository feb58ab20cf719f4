// Values for the tests of the state classes: whole, and changed where a test says.
import type { Artifact, Blame, Condition, Delta, Document, Event, Finding, Gate, GateRecord, Item, Ledger, LogLine, Overview, PhaseStatus, PlanStep, PlanView, PromptCard, Run, RunBlock, RunBlocks, SectionChange, Sighting, Thread, ToDo, Version } from '../api';

export const noon = Date.parse('2026-11-20T12:00:00Z');

export function at(seconds: number): string {
  return new Date(noon + seconds * 1000).toISOString();
}

export function version(number: number, change: Partial<Version> = {}): Version {
  return {
    projectId: 'p1',
    path: 'spec.md',
    number,
    kind: 'saved',
    author: { kind: 'person', name: 'You' },
    at: at(number * 60),
    message: `Change ${number}`,
    runId: '',
    basisId: '',
    hash: `h${number}`,
    basisHash: `b${number}`,
    size: 10,
    words: 2,
    added: 1,
    removed: 0,
    commit: '',
    blob: '',
    ...change,
  };
}

/** A line of a log: one version, or ticks. */
export function logLine(...versions: Version[]): LogLine {
  const sum = (of: 'added' | 'removed') => versions.reduce((all, one) => all + one[of], 0);
  return { versions, added: sum('added'), removed: sum('removed'), signed: false };
}

export function artifact(number: number, change: Partial<Artifact> = {}): Artifact {
  return {
    projectId: 'p1',
    path: 'spec.md',
    title: 'Spec',
    phase: 'spec',
    current: version(number),
    frozen: false,
    stale: false,
    behind: 0,
    hasDraft: false,
    ...change,
  };
}

export function item(index: number, offset: number, state: string): Item {
  return {
    index,
    offset,
    line: index + 1,
    depth: 0,
    section: 'Acceptance',
    text: `Box ${index}`,
    marked: state === 'done' || state === 'claimed',
    key: `k${index}`,
    state,
  };
}

export function document(number: number, markdown: string, items: Item[] = []): Document {
  return { artifact: artifact(number), version: version(number), markdown, html: `<p>${number}</p>`, items };
}

/** A text that one version wrote as a whole. */
export function blame(number: number): Blame {
  const { author } = version(number);
  return { version: version(number), passages: [], origins: [{ author, version: version(number), runId: '', promptId: '', promptRevision: '' }], since: number };
}

export function run(id: string, change: Partial<Run> = {}): Run {
  return {
    id,
    projectId: 'p1',
    phase: 'spec',
    kind: 'first',
    parentId: '',
    state: 'running',
    provider: 'ollama',
    model: 'tiny',
    modelDigest: '',
    promptId: 'spec',
    promptRevision: '',
    promptPath: '',
    output: '',
    persona: '',
    batchId: '',
    promptHash: '',
    promptSize: 100,
    inputs: [],
    variables: {},
    parameters: { temperature: -1, numCtx: 0, numPredict: 0 },
    context: { parts: [], prompt: 0, reserve: 0, window: 0, limit: 0, fits: true, over: 0 },
    createdAt: at(0),
    startedAt: at(1),
    firstAt: at(2),
    endedAt: '0001-01-01T00:00:00Z',
    promptTokens: 0,
    answerTokens: 0,
    loadMillis: 0,
    promptMillis: 0,
    answerMillis: 0,
    answerSize: 0,
    thinkingSize: 0,
    contractTotal: 0,
    doneReason: '',
    cut: false,
    unfinished: false,
    missing: [],
    ...change,
  };
}

export function delta(offset: number, text: string, change: Partial<Delta> = {}): Event {
  return event({ delta: { runId: 'r1', offset, text, blocks: 0, blocksEnd: 0, thinking: false, tokens: 0, ...change } });
}

export function event(change: Partial<Event>): Event {
  return { epoch: 'e', seq: 1, projectId: 'p1', ...change };
}

export function blocks(change: Partial<RunBlocks>): RunBlocks {
  return { run: run('r1'), from: 0, blocks: [], end: 0, tail: '', thinking: '', html: '', ...change };
}

export function block(start: number, end: number, html: string): RunBlock {
  return { start, end, html };
}

export function section(id: number, kind: string, title = `Part ${id}`, change: Partial<SectionChange> = {}): SectionChange {
  return { id, title, kind, diff: { added: 1, removed: 0, ticked: 0, unticked: 0, hunks: [], moves: [] }, since: '', clash: false, take: true, ...change };
}

export function condition(id: string, state: string, change: Partial<Condition> = {}): Condition {
  return {
    id,
    kind: 'boxes',
    title: id,
    state,
    value: '',
    done: 0,
    total: 0,
    missing: '',
    action: '',
    note: '',
    judged: false,
    path: 'spec.md',
    section: '',
    index: -1,
    doubt: '',
    do: '',
    causes: [],
    findings: [],
    ...change,
  };
}

export function gate(conditions: Condition[], change: Partial<Gate> = {}): Gate {
  const missing = conditions.filter((one) => one.state !== 'met').length;
  return {
    projectId: 'p1',
    phase: 'spec',
    title: 'Gate to Plan',
    next: 'plan',
    nextTitle: 'Plan',
    state: 'current',
    conditions,
    missing,
    open: missing === 0,
    measured: true,
    sentence: '',
    canSign: false,
    canApprove: false,
    canPromote: false,
    signed: false,
    frozen: false,
    version: 1,
    ...change,
  };
}

export function record(action: string, seconds: number, change: Partial<GateRecord> = {}): GateRecord {
  return {
    id: `${action}${seconds}`,
    projectId: 'p1',
    phase: 'spec',
    action,
    by: { kind: 'person', name: 'You' },
    at: at(seconds),
    reason: '',
    waived: [],
    seen: {},
    path: '',
    hash: '',
    causes: [],
    ...change,
  };
}

export function phaseStatus(id: string, change: Partial<PhaseStatus> = {}): PhaseStatus {
  return {
    id,
    title: id.charAt(0).toUpperCase() + id.slice(1),
    summary: '',
    kind: 'document',
    prompted: true,
    output: `${id}.md`,
    strip: false,
    optional: false,
    state: 'to-come',
    version: 0,
    stale: false,
    behind: 0,
    cause: '',
    frozen: false,
    runId: '',
    runState: '',
    candidateId: '',
    ahead: false,
    missing: 0,
    total: 0,
    done: 0,
    boxes: 0,
    ...change,
  };
}

export function overview(phases: PhaseStatus[], current: string): Overview {
  const project = { id: 'p1', slug: 'tide', name: 'Tide', summary: '', workflowId: 'w', createdAt: at(0), updatedAt: at(0) };
  return { project, workflowTitle: '', phases, current, next: '', toDo: toDo('nothing'), gateOpen: false };
}

export function toDo(kind: string, change: Partial<ToDo> = {}): ToDo {
  return { projectId: 'p1', project: 'Tide', kind, text: `Do ${kind}.`, why: '', phase: 'spec', step: '', runId: '', promptId: '', path: '', command: '', due: [], ...change };
}

export function planStep(number: string, change: Partial<PlanStep> & { title?: string; depends?: string[] } = {}): PlanStep {
  const { title = `Step ${number}`, depends = [], ...more } = change;
  return {
    step: {
      number, title, task: '', files: [], depends, effort: 'M', risk: 'low', riskWhy: '', tags: [], tests: '', covers: [], user: '', details: [],
      milestone: -1, parallel: false, marked: false, box: 0, mark: 0, start: 0, end: 0, line: 1,
    },
    state: 'open', item: 'open', waits: [], problems: [], output: `steps/${number}.md`, version: 0, runId: '', runState: '', candidateId: '', thread: '', refinements: 0, ...more,
  };
}

export function plan(steps: PlanStep[], change: Partial<PlanView> = {}): PlanView {
  return {
    projectId: 'p1', phase: 'build', path: 'plan.md', version: 1, title: 'Plan', steps, milestones: [], edges: [], problems: [], uncovered: [], notes: [],
    current: -1, settled: 0, settledAt: '', ...change,
  };
}

export function thread(runs: Run[], change: Partial<Thread> = {}): Thread {
  return {
    id: runs[0]?.id ?? '', projectId: 'p1', phase: 'spec', step: '', title: 'Spec', runs, refinements: runs.filter((one) => one.kind === 'refine').length,
    limit: 3, warnAt: 2, warning: '', full: false, overridden: '', over: false, next: '', questions: [], ...change,
  };
}

export function card(id: string, change: Partial<PromptCard> = {}): PromptCard {
  return {
    id, title: id, summary: '', phase: '', group: 'audits', tags: [], source: 'built-in', path: '', overlays: false, behind: false,
    favourite: false, meta: false, tokens: 10, uses: 0, usedAt: '0001-01-01T00:00:00Z', version: 0, ...change,
  };
}

/** A promise that is settled from outside, to decide when a call answers. */
export interface Answer<T> {
  promise: Promise<T>;
  give: (value: T) => void;
  refuse: (cause: unknown) => void;
}

export function answer<T>(): Answer<T> {
  let give: (value: T) => void = () => undefined;
  let refuse: (cause: unknown) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    give = resolve;
    refuse = reject;
  });
  return { promise, give, refuse };
}

/** Lets everything that is settled run on. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export function sighting(filing: string, change: Partial<Sighting> = {}): Sighting {
  return {
    filing, phase: 'security', round: 1, runId: '', path: 'audits/security-01.md', persona: '', number: '', title: 'It leaks', severity: 'P2', category: '', location: '',
    status: '', returned: false, byHand: false, at: at(0), ...change,
  };
}

export function finding(number: number, change: Partial<Finding> = {}): Finding {
  return {
    id: `f${number}`, projectId: 'p1', number: `F-${String(number).padStart(3, '0')}`, title: `Finding ${number}`, severity: 'P2', judged: false, category: '', location: '', problem: '', fix: '', verify: '',
    fingerprint: '', state: 'open', reason: '', step: '', date: '', commit: '', duplicateOf: '', doubt: '', sightings: [], createdAt: at(0), changedAt: at(0), by: { kind: 'person', name: 'You' }, ...change,
  };
}

/** A ledger with as many rounds, one day after the other, each with an audit of its own. */
export function ledger(rounds: number, change: Partial<Ledger> = {}): Ledger {
  const numbers = Array.from({ length: rounds }, (_, i) => i + 1);
  const path = (n: number): string => `audits/security-0${n}.md`;
  return {
    projectId: 'p1',
    summary: { total: 0, byState: {}, open: {}, doubtful: 0 },
    curve: { rounds: numbers.map((n) => ({ phase: 'security', round: n, paths: [path(n)], at: at(n * 86_400), new: {}, known: 0, returned: 0, mismatch: false })), plateau: false, growing: false, sentence: '' },
    filings: numbers.map((n) => ({
      filing: { id: `r${n}`, projectId: 'p1', phase: 'security', round: n, runId: '', path: path(n), version: 1, hash: '', listed: {}, claims: [], mismatch: '', phrase: '', notes: [], lookedAt: at(n * 86_400), at: at(n * 86_400) },
      new: {}, known: 0, returned: 0, doubtful: 0,
    })),
    categories: [],
    ...change,
  };
}

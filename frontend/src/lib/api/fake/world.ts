// What the fake Plumbline knows, and how it is shown.
import { ApiError } from '../error';
import type {
  Author,
  Candidate,
  CheckResult,
  Condition,
  Document,
  Draft,
  Event,
  Gate,
  GateRecord,
  Item,
  Overview,
  Phase,
  PhaseStatus,
  Project,
  Run,
  Tick,
  Version,
} from '../types';
import { bytes, html, items } from './markdown';
import { proven, releaseConditions } from './proofs';
import * as seed from './seed';
import { toDoOf } from './work';

export interface Kept {
  version: Version;
  body: string;
}

export interface Work {
  project: Project;
  versions: Map<string, Kept[]>;
  drafts: Map<string, Draft>;
  confirmed: Set<string>;
  /** What boxes were ticked by, by their keys. */
  ticks: Map<string, Tick>;
  check?: CheckResult;
  records: GateRecord[];
  passed: Set<string>;
  stale: Set<string>;
  signed: Set<string>;
  runs: Run[];
  /** The numbers of the steps that are done. */
  doneSteps: string[];
}

function blank(project: Project): Work {
  return {
    project,
    versions: new Map(),
    drafts: new Map(),
    confirmed: new Set(),
    ticks: new Map(),
    records: [],
    passed: new Set(),
    stale: new Set(),
    signed: new Set(),
    runs: [],
    doneSteps: [],
  };
}

export const me: Author = { kind: 'person', name: 'Ada Byron' };

export class World {
  works = new Map<string, Work>();
  /** The user's own prompts, and runs that belong to no project. */
  readonly library: Work = blank({ id: 'library', slug: 'library', name: 'Library', summary: '', workflowId: '', createdAt: '', updatedAt: '' });
  answers = new Map<string, { prompt: string; answer: string; script?: string; candidate?: Candidate }>();
  private listeners = new Set<(event: Event) => void>();
  private seq = 0;
  private ids = 0;
  readonly epoch = 'fake';

  id(): string {
    return `01FAKE${String(++this.ids).padStart(6, '0')}`;
  }

  subscribe(listener: (event: Event) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(projectId: string, event: Partial<Event>): void {
    const whole: Event = { epoch: this.epoch, seq: ++this.seq, projectId, ...event };
    this.listeners.forEach((listener) => listener(whole));
  }

  position(): { epoch: string; seq: number } {
    return { epoch: this.epoch, seq: this.seq };
  }

  work(id: string): Work {
    const work = id === 'library' || id === '' ? this.library : this.works.get(id);
    if (!work) throw new ApiError('not_found', 'There is no such project.', 'Go back to all projects.');
    return work;
  }

  phase(id: string): Phase {
    const phase = seed.workflow.phases.find((one) => one.id === id);
    if (!phase) throw new ApiError('not_found', `There is no phase “${id}”.`);
    return phase;
  }

  add(name: string, summary: string, at = new Date()): Work {
    const project: Project = {
      id: this.id(),
      slug: name.toLowerCase(),
      name,
      summary,
      workflowId: seed.workflow.id,
      createdAt: at.toISOString(),
      updatedAt: at.toISOString(),
    };
    const work = blank(project);
    this.works.set(project.id, work);
    this.write(work, 'checklists/preflight.md', seed.preflight, me, 'created', 'Start the preflight checklist');
    return work;
  }

  write(work: Work, path: string, body: string, author: Author, kind: string, message: string, runId = ''): Version {
    const list = work.versions.get(path) ?? [];
    const before = list.at(-1)?.body ?? '';
    const version: Version = {
      projectId: work.project.id,
      path,
      number: list.length + 1,
      kind,
      author,
      at: new Date().toISOString(),
      message,
      runId,
      basisId: runId,
      hash: this.id(),
      basisHash: '',
      size: bytes(body),
      words: body.split(/\s+/).filter(Boolean).length,
      added: Math.max(0, body.split('\n').length - before.split('\n').length),
      removed: 0,
      commit: '',
      blob: '',
    };
    work.versions.set(path, [...list, { version, body }]);
    work.project = { ...work.project, updatedAt: new Date().toISOString() };
    return version;
  }

  items(work: Work, path: string): Item[] {
    return proven(items(work.versions.get(path)?.at(-1)?.body ?? '', work.confirmed), work);
  }

  document(work: Work, path: string, number = 0): Document {
    const list = work.versions.get(path) ?? [];
    const kept = number ? list[number - 1] : list.at(-1);
    const body = kept?.body ?? '';
    const found = proven(items(body, work.confirmed), work);
    const phase = seed.workflow.phases.find((one) => one.output === path);
    const none: Version = { ...emptyVersion, projectId: work.project.id, path };
    return {
      artifact: {
        projectId: work.project.id,
        path,
        title: phase?.title ?? path,
        phase: phase?.id ?? '',
        current: list.at(-1)?.version ?? none,
        frozen: work.signed.has(phase?.id ?? '') && !!phase?.freezes,
        stale: work.stale.has(phase?.id ?? ''),
        behind: work.stale.has(phase?.id ?? '') ? 1 : 0,
        hasDraft: work.drafts.has(path),
      },
      version: kept?.version ?? none,
      markdown: body,
      html: html(body, found),
      items: found,
    };
  }

  conditions(work: Work, phase: Phase): Condition[] {
    const version = work.versions.get(phase.output)?.length ?? 0;
    const boxes = this.items(work, phase.output);
    const done = boxes.filter((box) => box.state === 'done').length;
    const left = boxes.length - done;
    const base = { path: phase.output, section: '', index: -1, note: '', judged: false, done: 0, total: 0, value: '', missing: '', action: '', doubt: '', do: '', causes: [], findings: [] };
    const list: Condition[] = [
      version
        ? { ...base, id: 'written', kind: 'written', title: 'Document written', state: 'met', value: `v${version}` }
        : { ...base, id: 'written', kind: 'written', title: 'Document written', state: 'waiting', missing: 'nothing is written yet', action: `write ${phase.title}` },
    ];
    if (boxes.length) {
      const first = boxes.find((box) => box.state !== 'done');
      list.push({
        ...base,
        id: 'boxes',
        kind: 'boxes',
        title: 'Acceptance boxes ticked',
        state: left ? 'unmet' : 'met',
        value: `${done}/${boxes.length}`,
        done,
        total: boxes.length,
        index: first?.index ?? -1,
        do: left ? 'tick' : '',
        missing: left ? `${left} of ${boxes.length} boxes are not ticked` : '',
        action: left ? `tick ${left} ${left === 1 ? 'box' : 'boxes'}` : '',
      });
    }
    list.push(...releaseConditions(work, phase, base));
    if (phase.prompt) {
      const signed = work.signed.has(phase.id);
      list.push({
        ...base,
        id: 'signed',
        kind: 'signed',
        title: 'Sign-off',
        judged: true,
        state: signed ? 'met' : 'waiting',
        note: signed ? '' : `Signing freezes v${version}. Later edits ask you to sign again.`,
        do: signed ? '' : 'sign',
        missing: signed ? '' : `v${version} is not signed`,
        action: signed ? '' : `sign v${version}`,
      });
    }
    return list;
  }

  gate(work: Work, id: string): Gate {
    const phase = this.phase(id);
    const at = seed.workflow.phases.indexOf(phase);
    const next = seed.workflow.phases[at + 1];
    const conditions = this.conditions(work, phase);
    const missing = conditions.filter((one) => one.state !== 'met');
    const version = work.versions.get(phase.output)?.length ?? 0;
    const action = missing[0]?.action ?? '';
    return {
      projectId: work.project.id,
      phase: id,
      title: next ? `Gate to ${next.title}` : 'Last gate',
      next: next?.id ?? '',
      nextTitle: next?.title ?? '',
      state: this.state(work, phase),
      conditions,
      missing: missing.length,
      open: missing.length === 0,
      measured: version > 0,
      sentence: missing.length
        ? `Off true by ${missing.length} of ${conditions.length} conditions. Next: ${action}.`
        : `True. All ${conditions.length} conditions are met.`,
      canSign: version > 0 && !work.signed.has(id),
      canApprove: missing.some((one) => one.kind === 'approval'),
      canPromote: missing.some((one) => one.do === 'promote'),
      signed: work.signed.has(id),
      frozen: work.signed.has(id) && phase.freezes,
      version,
    };
  }

  state(work: Work, phase: Phase): string {
    if (work.passed.has(phase.id)) {
      const last = work.records.findLast((record) => record.phase === phase.id);
      return last?.action === 'waive' ? 'overridden' : 'passed';
    }
    return this.current(work)?.id === phase.id ? 'current' : 'to-come';
  }

  current(work: Work): Phase | undefined {
    return seed.workflow.phases.find((phase) => !phase.strip && !work.passed.has(phase.id));
  }

  overview(work: Work): Overview {
    const current = this.current(work);
    const gate = current && this.gate(work, current.id);
    const toDo = toDoOf(work, gate, current?.title ?? '');
    return {
      project: work.project,
      workflowTitle: seed.workflow.title,
      phases: seed.workflow.phases.map((phase) => this.status(work, phase)),
      current: current?.id ?? '',
      next: toDo.text,
      toDo,
      gateOpen: gate?.open ?? false,
    };
  }

  private status(work: Work, phase: Phase): PhaseStatus {
    const conditions = this.conditions(work, phase);
    const boxes = this.items(work, phase.output);
    const run = work.runs.find((one) => one.phase === phase.id && ['queued', 'running', 'waiting'].includes(one.state));
    const open = work.runs.find((one) => one.phase === phase.id && this.answers.get(one.id)?.candidate?.state === 'open');
    return {
      id: phase.id,
      title: phase.title,
      summary: phase.summary,
      kind: phase.kind,
      prompted: phase.prompt !== '',
      output: phase.output,
      strip: phase.strip,
      optional: phase.optional,
      state: this.state(work, phase),
      ahead: false,
      version: work.versions.get(phase.output)?.length ?? 0,
      stale: work.stale.has(phase.id),
      behind: work.stale.has(phase.id) ? 1 : 0,
      cause: work.stale.has(phase.id) ? 'Request is at v2; v1 was used.' : '',
      frozen: false,
      runId: run?.id ?? '',
      runState: run?.state ?? '',
      candidateId: open?.id ?? '',
      missing: conditions.filter((one) => one.state !== 'met').length,
      total: conditions.length,
      done: boxes.filter((box) => box.state === 'done').length,
      boxes: boxes.length,
    };
  }
}

const emptyVersion: Version = {
  projectId: '',
  path: '',
  number: 0,
  kind: '',
  author: { kind: '', name: '' },
  at: '',
  message: '',
  runId: '',
  basisId: '',
  hash: '',
  basisHash: '',
  size: 0,
  words: 0,
  added: 0,
  removed: 0,
  commit: '',
  blob: '',
};

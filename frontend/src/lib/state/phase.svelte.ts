import type { Api, Desk, Event, Overview, PhaseStatus, Run } from '../api';
import { CandidateState } from './candidate.svelte';
import { ChangeRequestState } from './change-request.svelte';
import { CausesState } from './causes.svelte';
import { DocumentState } from './document.svelte';
import { GateState } from './gate.svelte';
import { HistoryState } from './history.svelte';
import { lasting } from './lasting.svelte';
import { PromptState } from './prompt.svelte';
import { EffortState } from './effort.svelte';
import { RoundState } from './round.svelte';
import { ThreadState } from './thread.svelte';
import { ended } from './run.svelte';
import { PasteState, phaseRuns, RunsState } from './runs.svelte';

export const tabs = ['prompt', 'run', 'document', 'changes', 'history'] as const;
export type TabId = (typeof tabs)[number];

/** One phase of a project with all that its screen shows. */
export class PhaseState {
  readonly document: DocumentState;
  readonly runs: RunsState;
  readonly gate: GateState;
  readonly prompt: PromptState;
  readonly history: HistoryState;
  readonly paste: PasteState;
  readonly causes: CausesState;
  readonly requests: ChangeRequestState;
  readonly rounds: RoundState;
  /** The newest thread; those of steps are on the screen of the plan. */
  readonly thread: ThreadState;
  readonly effort: EffortState;
  /** The checklist that is shown as a strip over this phase, if there is one. */
  readonly strip: DocumentState | undefined;
  /** The answer that waits to be reviewed. */
  candidate = $state.raw<CandidateState>();
  loaded = $state(false);
  /** What was copied last: its run, to show size and hash. */
  copied = $state.raw<Run>();

  readonly overview = $derived.by(() => this.look());
  readonly status = $derived(this.overview?.phases.find((one) => one.id === this.phase));
  readonly prompted = $derived(this.status?.prompted ?? false);
  readonly before = $derived.by(() => beside(this.overview, this.phase, -1));
  readonly after = $derived.by(() => beside(this.overview, this.phase, 1));
  /** The phase whose gate has to be passed before the one here can be. */
  readonly waitsFor = $derived.by(() => gateBefore(this.overview, this.phase));
  /** The same, where work may not begin here before that. */
  readonly blockedBy = $derived(this.status?.ahead ? undefined : this.waitsFor);
  /** Why the prompt cannot be run or copied, and the document not be changed. */
  readonly closed = $derived(this.reason());
  /** Why the gate cannot be passed, apart from its conditions. */
  readonly early = $derived(this.waitsFor && !this.blockedBy ? `The gate of ${this.waitsFor.title} has to be passed first.` : this.closed);
  readonly tabs = $derived<readonly TabId[]>(this.prompted ? tabs : ['document', 'history']);

  constructor(
    private readonly api: Api,
    private readonly desk: Pick<Desk, 'copy'>,
    readonly project: string,
    readonly phase: string,
    private readonly look: () => Overview | undefined,
  ) {
    const phases = look()?.phases ?? [];
    const at = phases.findIndex((one) => one.id === phase);
    const above = phases[at - 1];
    this.document = new DocumentState(api, project, phases[at]?.output ?? '');
    this.strip = above?.strip ? new DocumentState(api, project, above.output) : undefined;
    this.runs = new RunsState(api, phaseRuns(api, project, phase));
    this.gate = new GateState(api, project, phase);
    this.prompt = new PromptState(api, project, phase);
    this.history = new HistoryState(api, project);
    this.paste = new PasteState(api);
    this.rounds = new RoundState(api, project, phase);
    this.thread = new ThreadState(api);
    this.effort = new EffortState(api, project, phase, '', Date.now());
    this.requests = new ChangeRequestState(api, project);
    this.causes = new CausesState(api, project, this.document.path);
  }

  load = async (): Promise<void> => {
    await Promise.all([
      this.document.load(),
      this.gate.load(),
      this.strip?.load(),
      this.prompted ? this.runs.load() : undefined,
      this.prompted ? this.prompt.load() : undefined,
      this.review(),
      this.rounds.load(),
      this.thread.load(this.project, this.phase),
    ]);
    this.loaded = true;
  };

  /** The tab to begin with: where something happens, else the document. */
  firstTab(): TabId {
    if (!this.prompted) return 'document';
    if (this.status?.runState === 'running' || this.status?.runState === 'queued') return 'run';
    if (this.status?.version) return 'document';
    if (this.status?.candidateId) return 'changes';
    return this.status?.runId ? 'run' : 'document';
  }

  apply(event: Event): void {
    this.document.apply(event);
    this.strip?.apply(event);
    this.runs.apply(event);
    this.gate.apply(event);
    this.candidate?.apply(event);
    if (event.models) this.refill();
    if (event.projectId !== this.project) return;
    if (this.history.loaded) this.history.apply(event);
    if (event.artifact && this.uses(event.artifact.path)) this.refill();
    if (event.run?.phase === this.phase && ended(event.run)) void this.effort.load();
    if (event.run?.phase === this.phase || event.candidate?.phase === this.phase) void this.thread.load(this.project, this.phase);
    if (!event.overview) return;
    void this.review();
    void this.rounds.load();
    // Only the gate of the current phase comes with the events.
    if (event.overview.current !== this.phase) void this.gate.load();
  }

  /** Runs the prompt as it is filled now. */
  run = async (): Promise<boolean> => {
    await this.prompt.flush();
    if (this.prompt.keeping === 'failed') return false;
    return this.runs.start(this.prompt.model);
  };

  /** Puts the prompt on the clipboard and waits for its answer. */
  copy = async (): Promise<boolean> => {
    await this.prompt.flush();
    if (this.prompt.keeping === 'failed' || !(await this.runs.copy())) return false;
    const run = this.runs.waiting;
    if (run && this.prompt.prompt?.prompt.hash !== run.promptHash) await this.prompt.load();
    await this.desk.copy(this.prompt.prompt?.text ?? '');
    this.copied = run;
    return true;
  };

  /** Hands the pasted text over; the answer becomes a candidate. */
  takeAnswer = async (anyway: boolean): Promise<boolean> => {
    const run = this.runs.waiting;
    const done = run && (await this.paste.send(run, anyway));
    if (!done) return false;
    this.runs.take(done);
    return true;
  };

  /** Loads everything again, after events were lost. */
  reload = async (): Promise<void> => {
    await this.load();
    if (this.history.loaded) await this.history.load();
  };

  /** Keeps what is typed, before the page is left. */
  leave = (): void => {
    if (this.prompted) void this.prompt.flush();
    void this.document.draft?.flush();
    void this.candidate?.draft?.flush();
  };

  /** Follows the newest open candidate. One that was just decided stays until there is another. */
  private async review(): Promise<void> {
    const id = this.status?.candidateId ?? '';
    if (!id || this.candidate?.runId === id || this.candidate?.draft) return;
    const next = lasting(() => new CandidateState(this.api, id));
    this.candidate = next;
    await next.load();
  }

  private uses(path: string): boolean {
    return this.prompt.variables.some((one) => one.path === path || one.variable.source === path);
  }

  private refill(): void {
    if (this.prompted && this.prompt.prompt) void this.prompt.load();
  }

  private reason(): string {
    if (this.blockedBy) return `${this.status?.title ?? 'This phase'} is not open yet. The gate of ${this.blockedBy.title} is not passed.`;
    if (this.status?.frozen) return 'Signed and frozen. Open it for a change request, or unfreeze it.';
    return '';
  }
}

function beside(overview: Overview | undefined, phase: string, by: 1 | -1): PhaseStatus | undefined {
  const line = overview?.phases.filter((one) => !one.strip) ?? [];
  const at = line.findIndex((one) => one.id === phase);
  return at < 0 ? undefined : line[at + by];
}

/** The first phase before this one whose gate has to be passed and is not. */
function gateBefore(overview: Overview | undefined, phase: string): PhaseStatus | undefined {
  const phases = overview?.phases ?? [];
  const at = phases.findIndex((one) => one.id === phase);
  return phases.slice(0, Math.max(0, at)).find((one) => !one.strip && !one.optional && one.state !== 'passed' && one.state !== 'overridden');
}

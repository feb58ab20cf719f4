import { type Api, type ApiError, type Desk, type Event, type StepDetail, toApiError } from '../api';
import { CandidateState } from './candidate.svelte';
import { EffortState } from './effort.svelte';
import { lasting } from './lasting.svelte';
import { PasteState, RunsState } from './runs.svelte';
import { ThreadState } from './thread.svelte';

export type StepAct = '' | 'tick' | 'skip' | 'open' | 'check';

/** One step of the plan: what the plan says of it, its answers, its checks, and the acts of a person. */
export class StepState {
  detail = $state.raw<StepDetail>();
  error = $state.raw<ApiError>();
  busy = $state<StepAct>('');
  /** The answer that waits to be decided. */
  candidate = $state.raw<CandidateState>();
  readonly thread: ThreadState;
  readonly runs: RunsState;
  readonly paste: PasteState;
  readonly effort: EffortState;

  readonly step = $derived(this.detail?.step);
  readonly checks = $derived(this.detail?.checks ?? []);
  /** The newest check, if there is one. */
  readonly check = $derived(this.checks.reduce<StepDetail['checks'][number] | undefined>((last, one) => (!last || one.at > last.at ? one : last), undefined));
  readonly settled = $derived(this.step?.state === 'done' || this.step?.state === 'skipped');
  /** Why its prompt cannot be run or copied; empty when it can. */
  readonly closed = $derived.by(() => this.reason());

  constructor(
    private readonly api: Api,
    private readonly desk: Pick<Desk, 'copy'>,
    readonly project: string,
    readonly phase: string,
    readonly number: string,
  ) {
    this.thread = new ThreadState(api);
    this.paste = new PasteState(api);
    this.effort = new EffortState(api, project, phase, number, Date.now());
    this.runs = new RunsState(api, {
      list: async () => (await api.runs.list(project, phase)).filter((run) => run.step === number),
      start: (model) => api.work.runStep(project, number, { model, copy: false }),
      copy: () => api.work.runStep(project, number, { model: '', copy: true }),
      holds: (run) => run.projectId === project && run.phase === phase && run.step === number,
    });
  }

  load = async (): Promise<void> => {
    await Promise.all([this.reload(), this.runs.load()]);
  };

  apply(event: Event): void {
    this.runs.apply(event);
    this.candidate?.apply(event);
    if (event.projectId !== this.project) return;
    const path = event.artifact?.path ?? '';
    const own = event.candidate && this.runs.runs.some((run) => run.id === event.candidate?.runId);
    const ended = event.run?.step === this.number;
    if (own || ended || path === 'plan.md' || (path !== '' && path === this.step?.output) || path.startsWith('checks/')) void this.reload();
  }

  reload = async (): Promise<void> => {
    try {
      this.detail = await this.api.work.step(this.project, this.number);
      this.thread.thread = this.detail.thread;
      this.thread.checks = this.detail.checks;
      this.effort.row = this.detail.effort;
      this.error = undefined;
      await this.review();
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  /** Puts the prompt on the clipboard and waits for its answer. */
  copy = async (): Promise<boolean> => {
    if (!(await this.runs.copy())) return false;
    const { text } = await this.api.work.stepPrompt(this.project, this.number);
    await this.desk.copy(text);
    if (this.runs.waiting) this.runs.show(this.runs.waiting);
    return true;
  };

  takeAnswer = async (anyway: boolean): Promise<boolean> => {
    const run = this.runs.waiting;
    const done = run && (await this.paste.send(run, anyway));
    if (!done) return false;
    this.runs.take(done);
    return true;
  };

  /** By the word of a person; where the newest check is green, that is the evidence. */
  tick = (): Promise<boolean> => this.act('tick', () => this.api.work.markStep(this.project, this.number, 'done', ''));

  skip = (reason: string): Promise<boolean> => this.act('skip', () => this.api.work.markStep(this.project, this.number, 'skipped', reason.trim()));

  /** Takes back that it is done or skipped. */
  reopen = (): Promise<boolean> => this.act('open', () => this.api.work.markStep(this.project, this.number, 'open', ''));

  addCheck = (command: string, exit: number, output: string): Promise<boolean> =>
    this.act('check', () => this.api.gates.check(this.project, { step: this.number, command: command.trim(), exit, output }));

  private async act(what: StepAct, call: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = what;
    try {
      await call();
      await this.reload();
      return this.error === undefined;
    } catch (cause) {
      this.error = toApiError(cause);
      return false;
    } finally {
      this.busy = '';
    }
  }

  private async review(): Promise<void> {
    const id = this.step?.candidateId ?? '';
    if (this.candidate?.runId === id) return;
    if (!id) {
      this.candidate = undefined;
      return;
    }
    const next = lasting(() => new CandidateState(this.api, id));
    this.candidate = next;
    await next.load();
  }

  private reason(): string {
    const step = this.step;
    if (!step) return 'The step is not loaded yet.';
    if (step.state === 'blocked') return `It waits for ${step.waits.length === 1 ? 'step' : 'steps'} ${step.waits.join(', ')}.`;
    return this.settled ? `Step ${this.number} is ${step.state}. Open it again first.` : '';
  }
}

import { type Api, type ApiError, type CheckResult, type Refinement, type Restart, type Run, type Thread, toApiError } from '../api';

/** What one round of a thread came to. */
export type Dot = 'failed' | 'running' | 'done' | 'to-come';

const gone = ['failed', 'canceled', 'interrupted'];

/** The first run and the refinements that are allowed. A round whose check came out red has failed. */
export function dotsOf(thread: Thread, checks: CheckResult[] = []): Dot[] {
  const rounds = roundsOf(thread);
  const dots = rounds.map((runs, i): Dot => {
    const last = runs.at(-1);
    if (!last || gone.includes(last.state)) return 'failed';
    if (last.state !== 'succeeded') return 'running';
    const next = rounds[i + 1]?.[0];
    const check = newest(checks.filter((one) => one.at >= last.endedAt && (!next || one.at < next.createdAt)));
    return check && check.exit !== 0 ? 'failed' : 'done';
  });
  const left = Math.max(0, thread.limit + 1 - dots.length);
  return [...dots, ...Array<Dot>(left).fill('to-come')];
}

/** The runs of a thread by round: repairs and answers to questions belong to the run before them. */
function roundsOf({ runs }: Thread): Run[][] {
  const rounds: Run[][] = [];
  for (const run of runs) {
    if (run.kind === 'restart' || (run.kind === 'refine' && gone.includes(run.state))) continue;
    if (run.kind === 'refine' || rounds.length === 0) rounds.push([run]);
    else rounds.at(-1)?.push(run);
  }
  return rounds;
}

function newest(checks: CheckResult[]): CheckResult | undefined {
  return checks.reduce<CheckResult | undefined>((last, one) => (!last || one.at > last.at ? one : last), undefined);
}

/** "First run", "Refinement 2 of 3". */
export function threadWord(thread: Thread): string {
  return thread.refinements === 0 ? 'First run' : `Refinement ${thread.refinements} of ${thread.limit}`;
}

const plainWish: Refinement = { off: [], output: '', notes: '', files: '', answers: '', reason: '', model: '', copy: false };

/** The newest thread of a phase or of a step, and what can be done with it. */
export class ThreadState {
  thread = $state.raw<Thread>();
  checks = $state.raw<CheckResult[]>([]);
  busy = $state<'' | 'refine' | 'restart' | 'start-over'>('');
  error = $state.raw<ApiError>();

  /** There is a thread with an answer that can still be gone on with. */
  readonly open = $derived.by(() => (this.thread && this.thread.runs.length > 0 && !this.thread.over ? this.thread : undefined));
  readonly dots = $derived.by(() => (this.open ? dotsOf(this.open, this.checks) : []));
  readonly word = $derived.by(() => (this.open ? threadWord(this.open) : ''));
  /** The newest run that has an answer. */
  readonly answered = $derived.by(() => this.open?.runs.findLast((run) => run.state === 'succeeded' && run.kind !== 'restart'));
  /** What the thread has taught, and was not taken into the document yet. */
  readonly lesson = $derived.by(() => this.open?.runs.findLast((run) => run.state === 'succeeded' && run.kind === 'restart'));
  /** Why it cannot be refined or started over now; empty when it can. */
  readonly why = $derived.by(() => {
    if (!this.answered) return 'There is no answer yet.';
    return this.open?.runs.some((run) => ['queued', 'running', 'waiting'].includes(run.state)) ? 'A run of it is not complete yet.' : '';
  });

  constructor(private readonly api: { work: Pick<Api['work'], 'refine' | 'restart' | 'startOver' | 'threads'> }) {}

  /** Fetches the newest thread of a phase. */
  load = async (project: string, phase: string, step = ''): Promise<void> => {
    try {
      this.thread = (await this.api.work.threads(project, phase, step))[0];
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  refine = (wish: Partial<Refinement>): Promise<Run | undefined> =>
    this.act('refine', this.answered, (run) => this.api.work.refine(run.id, { ...plainWish, ...wish, reason: wish.reason?.trim() ?? '' }));

  restart = (wish: Pick<Restart, 'why' | 'notes' | 'copy'>): Promise<Run | undefined> =>
    this.act('restart', this.answered, (run) => this.api.work.restart(run.id, { ...wish, model: '' }));

  /** Takes what was learnt into the document, and ends the thread. */
  startOver = async (): Promise<boolean> => (await this.act('start-over', this.lesson, (run) => this.api.work.startOver(run.id))) !== undefined;

  private async act<T>(what: typeof this.busy, run: Run | undefined, call: (run: Run) => Promise<T>): Promise<T | undefined> {
    if (this.busy || !run) return undefined;
    this.busy = what;
    this.error = undefined;
    try {
      return await call(run);
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.busy = '';
    }
  }
}

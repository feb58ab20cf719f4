import { type Api, type ApiError, type Event, type Run, toApiError } from '../api';
import type { Shelf } from './new-project.svelte';
import { active, outdated, RunState } from './run.svelte';

/** Where runs come from: a phase of a project, or a prompt of the library. */
export interface RunSource {
  /** Newest first. */
  list(): Promise<Run[]>;
  start(model: string): Promise<Run>;
  copy(): Promise<Run>;
  /** Whether a run is one of these. */
  holds(run: Run): boolean;
}

/** The runs of a phase. */
export function phaseRuns(api: Pick<Api, 'runs'>, project: string, phase: string): RunSource {
  return {
    list: () => api.runs.list(project, phase),
    start: (model) => api.runs.start(project, phase, model),
    copy: () => api.runs.copy(project, phase),
    holds: (run) => run.projectId === project && run.phase === phase,
  };
}

/** Runs of one kind, the one that is shown, and what can be done with them. */
export class RunsState {
  runs = $state.raw<Run[]>([]);
  /** The run that is shown, with its text. */
  shown = $state.raw<RunState>();
  loaded = $state(false);
  /** What is being asked of the backend now. */
  busy = $state<'' | 'start' | 'copy' | 'cancel' | 'continue' | 'repair' | 'answer'>('');
  error = $state.raw<ApiError>();

  readonly active = $derived(this.runs.find(active));
  /** The prompt was copied, and its answer has not been pasted yet. */
  readonly waiting = $derived(this.runs.find((run) => run.state === 'waiting'));

  constructor(
    private readonly api: Pick<Api, 'runs'>,
    private readonly source: RunSource,
  ) {}

  load = async (): Promise<void> => {
    try {
      this.runs = await this.source.list();
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
    const known = this.runs.find((run) => run.id === this.shown?.run.id);
    const run = known ?? this.active ?? this.waiting ?? this.runs[0];
    if (run && this.shown?.run.id === run.id) await this.shown.reload();
    else if (run) this.show(run);
    else this.shown = undefined;
    this.loaded = true;
  };

  show = (run: Run): void => {
    if (this.shown?.run.id === run.id) return;
    this.shown = new RunState(this.api, run);
    void this.shown.load();
  };

  showId = (id: string): void => {
    const run = this.runs.find((one) => one.id === id);
    if (run) this.show(run);
  };

  apply(event: Event): void {
    if (event.run && this.source.holds(event.run)) this.take(event.run);
    this.shown?.apply(event);
  }

  start = (model: string): Promise<boolean> => this.make('start', () => this.source.start(model));

  copy = (): Promise<boolean> => this.make('copy', () => this.source.copy());

  continue = (run: Run, model: string): Promise<boolean> => this.make('continue', () => this.api.runs.continue(run.id, model));

  repair = (run: Run, model: string): Promise<boolean> => this.make('repair', () => this.api.runs.repair(run.id, model));

  /** Stops the run that is active, or gives up waiting for an answer. What came is kept. */
  stop = async (run: Run | undefined = this.active): Promise<void> => {
    if (!run || this.busy) return;
    await this.ask('cancel', async () => this.take(await this.api.runs.cancel(run.id)));
  };

  /** Takes a newer value of a run and keeps the list in order, newest first. */
  take(run: Run): void {
    const at = this.runs.findIndex((one) => one.id === run.id);
    const known = this.runs[at];
    if (known && outdated(known, run)) return;
    this.runs = at < 0 ? [run, ...this.runs] : this.runs.with(at, run);
    if (this.shown?.run.id === run.id) this.shown.update(run);
    else if (at < 0) this.show(run);
  }

  private async make(what: 'start' | 'copy' | 'continue' | 'repair', call: () => Promise<Run>): Promise<boolean> {
    if (this.busy) return false;
    return this.ask(what, async () => this.take(await call()));
  }

  private async ask(what: typeof this.busy, call: () => Promise<void>): Promise<boolean> {
    this.busy = what;
    this.error = undefined;
    try {
      await call();
      return true;
    } catch (cause) {
      this.error = toApiError(cause);
      return false;
    } finally {
      this.busy = '';
    }
  }
}

/** The answer that is being brought over from elsewhere. Nothing pasted is lost by a refusal. */
export class PasteState {
  text = $state('');
  model = $state('');
  sending = $state(false);
  error = $state.raw<ApiError>();

  /** The check doubts the answer but would take it all the same. */
  readonly doubted = $derived(this.error?.code === 'conflict');
  readonly ready = $derived(this.text.trim() !== '');

  private shelf: Shelf | undefined;
  private key = '';

  constructor(private readonly api: Pick<Api, 'runs'>) {}

  /** Goes on with what was typed for a run before its page was left, and keeps what is typed from now on. */
  resume = (runId: string, shelf: Shelf): void => {
    this.shelf = shelf;
    this.key = `plumbline.answer.${runId}`;
    this.text ||= shelf.getItem(this.key) ?? '';
  };

  edit = (text: string): void => {
    this.text = text;
    this.error = undefined;
    this.keep();
  };

  /** Hands the text over as the answer of a run; anyway takes one that the check doubts. */
  send = async (run: Run, anyway = false): Promise<Run | undefined> => {
    if (this.sending || !this.ready) return undefined;
    this.sending = true;
    this.error = undefined;
    try {
      const done = await this.api.runs.answer(run.id, { text: this.text, model: this.model.trim(), anyway });
      this.text = '';
      this.keep();
      return done;
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.sending = false;
    }
  };

  private keep(): void {
    try {
      if (this.text === '') this.shelf?.removeItem(this.key);
      else this.shelf?.setItem(this.key, this.text);
    } catch {
      // Too large for the shelf: the page still has it.
    }
  }
}

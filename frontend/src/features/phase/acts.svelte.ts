import type { Given } from '../../lib/api';
import type { AppState } from '../../lib/state/app.svelte';
import type { PhaseState, TabId } from '../../lib/state/phase.svelte';
import { links } from '../../lib/state/router.svelte';
import { ended } from '../../lib/state/run.svelte';
import type { Question } from './questions';
import { size } from './words';

/** What the acts need of the app. */
export type Around = Pick<AppState, 'router' | 'toasts' | 'desk' | 'models' | 'next'>;

/** What a person can do on the screen of a phase, and where it leads. */
export class PhaseActs {
  /** The view follows the text that is written. */
  following = $state(true);
  /** Where the editor begins, from 1; 0 for the beginning. */
  line = 0;
  /** What has to be answered before something is done. */
  question = $state.raw<Question>();

  readonly hasModel = $derived.by(() => this.around.models.running && this.around.models.default !== '');
  readonly writing = $derived.by(() => this.phase.runs.active !== undefined);
  /** Why the prompt cannot be run now. */
  readonly reason = $derived.by(() => this.why());

  constructor(
    private readonly phase: PhaseState,
    private readonly around: Around,
  ) {}

  go = (tab: TabId): void => {
    this.around.router.replace(links.phase(this.phase.project, this.phase.phase, tab));
  };

  run = async (): Promise<void> => {
    if (this.reason || !this.hasModel || this.writing) return;
    this.following = true;
    const started = await this.phase.run();
    this.go(started || this.phase.runs.error ? 'run' : 'prompt');
  };

  stop = (): void => {
    void this.phase.runs.stop();
  };

  copy = async (): Promise<void> => {
    const { phase, around } = this;
    if (phase.closed || !phase.prompted) return;
    try {
      const copied = await phase.copy();
      if (copied && phase.copied) around.toasts.show(`Prompt copied: ${size(phase.copied.promptSize)}, ${phase.copied.promptHash.slice(0, 8)}.`);
      if (copied && phase.runs.waiting) phase.runs.show(phase.runs.waiting);
      this.go(copied || phase.runs.error ? 'run' : 'prompt');
    } catch (cause) {
      around.toasts.fail(cause);
    }
  };

  /** Brings the clipboard to where the answer is awaited. */
  paste = async (): Promise<void> => {
    const { phase, around } = this;
    const waiting = phase.runs.waiting;
    if (!waiting) {
      around.toasts.show('Copy the prompt first. Then its answer can be pasted.');
      return;
    }
    phase.runs.show(waiting);
    this.go('run');
    try {
      const text = await around.desk.paste();
      if (text.trim()) phase.paste.edit(text);
    } catch (cause) {
      around.toasts.fail(cause);
    }
  };

  take = async (anyway: boolean): Promise<void> => {
    if (await this.phase.takeAnswer(anyway)) this.go('run');
  };

  edit = (): void => {
    if (this.phase.closed) return;
    this.go('document');
    void this.phase.document.edit();
  };

  /** Opens the editor at a line of the document. */
  editAt = async (line: number): Promise<void> => {
    if (this.phase.closed) return;
    this.line = line;
    this.go('document');
    await this.phase.document.edit();
    this.line = 0;
  };

  accepted = (version: number): void => {
    this.around.toasts.show(`Accepted as v${version}.`);
    this.go('document');
  };

  saved = (version: number): void => {
    this.around.toasts.show(`Saved as v${version}.`);
  };

  discard = async (): Promise<void> => {
    if (!(await this.phase.candidate?.discard())) return;
    this.around.toasts.show('The answer is discarded. Its run keeps the text.');
    this.go('document');
  };

  /** What the next prompt would be made of: the answer that is shown, or the document. */
  readonly turnable = $derived.by(() => this.text());

  turn = (): void => {
    const given = this.turnable;
    if (given) void this.around.next.show(given, this.phase.project);
  };

  pass = async (): Promise<void> => {
    const { gate } = this.phase.gate;
    if (!gate || !this.phase.gate.canPass || this.writing) return;
    if (await this.phase.gate.pass()) this.move(gate.nextTitle ? `Passed the gate to ${gate.nextTitle}.` : 'Passed the last gate.', gate.next);
  };

  ask = (question: Question): void => {
    this.phase.gate.error = undefined;
    this.question = question;
  };

  dismiss = (): void => {
    this.question = undefined;
  };

  /** What was asked has been done. */
  answered = (asked: Question): void => {
    const { gate } = this.phase.gate;
    this.question = undefined;
    if (asked.kind === 'override') this.move('The gate is overridden. The reason is kept in the history.', gate?.next ?? '');
    else if (['reopen', 'unfreeze', 'change', 'still'].includes(asked.kind)) this.go('document');
  };

  /** Goes to the phase before or after on the line. */
  beside = (by: 'before' | 'after'): void => {
    const to = this.phase[by];
    if (to) this.around.router.go(links.phase(this.phase.project, to.id));
  };

  /** The bob falls on the line while the next phase comes up. */
  private move(said: string, next: string): void {
    this.around.toasts.show(said);
    if (next) this.around.router.go(links.phase(this.phase.project, next));
  }

  private text(): Partial<Given> | undefined {
    const { phase } = this;
    const { route } = this.around.router;
    const run = phase.runs.shown?.run;
    const title = phase.status?.title ?? '';
    if (route.name === 'phase' && /^(run|changes)/.test(route.tab) && run) {
      return ended(run) && run.answerSize > 0 ? { runId: run.id, title: `${title}, an answer` } : undefined;
    }
    return phase.document.written ? { projectId: phase.project, path: phase.document.path, version: phase.document.version, title: `${title} v${phase.document.version}` } : undefined;
  }

  private why(): string {
    if (this.phase.closed) return this.phase.closed;
    const missing = this.phase.prompt.missing[0]?.variable;
    if (missing) return `${missing.label || missing.name} is missing. Fill it in on the Prompt tab.`;
    return this.phase.prompt.over;
  }
}

import type { AppState } from '../../lib/state/app.svelte';
import { type PlanView, links } from '../../lib/state/router.svelte';
import type { StepState } from '../../lib/state/step.svelte';
import { ThreadActs } from '../work/acts.svelte';

/** What a person can do with a step of the plan, and where it leads. */
export class StepActs {
  /** What is asked for before something is done. */
  asking = $state<'' | 'check' | 'skip'>('');
  readonly thread: ThreadActs;
  readonly hasModel = $derived.by(() => this.app.models.running && this.app.models.default !== '');
  /** Something has to be decided, pasted or watched first. */
  readonly pending = $derived.by(() => this.step.runs.active !== undefined || this.step.runs.waiting !== undefined || this.step.candidate?.open === true);

  constructor(
    readonly step: StepState,
    private readonly app: Pick<AppState, 'api' | 'desk' | 'models' | 'projects' | 'router' | 'toasts'>,
  ) {
    this.thread = new ThreadActs(step.thread, app, (run) => {
      step.runs.take(run);
      step.runs.show(run);
      this.go('answer');
    });
  }

  go = (view: PlanView): void => {
    this.app.router.replace(links.plan(this.step.project, this.step.number, view));
  };

  run = async (): Promise<void> => {
    if (this.step.closed || !this.hasModel || this.pending) return;
    await this.step.runs.start('');
    this.go('answer');
  };

  copy = async (): Promise<void> => {
    if (this.step.closed || this.step.runs.active) return;
    try {
      if (await this.step.copy()) this.app.toasts.show('Prompt copied. Paste the answer here when it is there.');
      this.go('answer');
    } catch (cause) {
      this.app.toasts.fail(cause);
    }
  };

  /** Brings the clipboard to where the answer is awaited. */
  paste = async (): Promise<void> => {
    const { runs, paste } = this.step;
    if (!runs.waiting) {
      this.app.toasts.show('Copy the prompt first. Then its answer can be pasted.');
      return;
    }
    runs.show(runs.waiting);
    this.go('answer');
    try {
      const text = await this.app.desk.paste();
      if (text.trim()) paste.edit(text);
    } catch (cause) {
      this.app.toasts.fail(cause);
    }
  };

  take = async (anyway: boolean): Promise<void> => {
    await this.step.takeAnswer(anyway);
  };

  accept = async (): Promise<void> => {
    const version = await this.step.candidate?.acceptAll();
    if (!version) return;
    this.app.toasts.show(`Accepted as ${version.path}. Put its code in place, and check it.`);
    await this.step.reload();
  };

  discard = async (): Promise<void> => {
    if (!(await this.step.candidate?.discard())) return;
    this.app.toasts.show('The answer is discarded. Its run keeps the text.');
    await this.step.reload();
  };

  tick = async (): Promise<void> => {
    if (await this.step.tick()) this.app.toasts.show(`Step ${this.step.number} is done.`);
    else if (this.step.error) this.app.toasts.fail(this.step.error);
  };

  skip = async (reason: string): Promise<void> => {
    if (await this.step.skip(reason)) this.asking = '';
  };

  check = async (command: string, exit: number, output: string): Promise<void> => {
    if (!(await this.step.addCheck(command, exit, output))) return;
    this.asking = '';
    if (this.step.settled) this.app.toasts.show(`Step ${this.step.number} is done: its check is green.`);
  };

  /** Opens the plan at this step, to be written on. */
  edit = (): void => {
    const writer = this.app.projects.overview(this.step.project)?.phases.find((one) => one.output === 'plan.md');
    const line = this.step.step?.step.line ?? 1;
    if (writer) this.app.router.go(links.phase(this.step.project, writer.id, `edit-${line}`));
  };
}

import type { Refinement, Restart, Run } from '../../lib/api';
import type { AppState } from '../../lib/state/app.svelte';
import type { ThreadState } from '../../lib/state/thread.svelte';

export type Asking = '' | 'refine' | 'answer' | 'restart';

/** What a person can do with a thread, and what is asked before. */
export class ThreadActs {
  asking = $state<Asking>('');
  readonly hasModel = $derived.by(() => this.app.models.running && this.app.models.default !== '');

  constructor(
    readonly hold: ThreadState,
    private readonly app: Pick<AppState, 'api' | 'desk' | 'models' | 'toasts'>,
    /** A run has begun: where it is shown. */
    private readonly onrun: (run: Run) => void,
  ) {}

  ask = (what: Asking): void => {
    if (this.hold.why === '') this.asking = what;
  };

  close = (): void => {
    this.asking = '';
  };

  refine = async (wish: Partial<Refinement>): Promise<void> => this.began(await this.hold.refine(wish), wish.copy ?? false);

  restart = async (wish: Pick<Restart, 'why' | 'notes' | 'copy'>): Promise<void> => this.began(await this.hold.restart(wish), wish.copy);

  startOver = async (): Promise<void> => {
    if (await this.hold.startOver()) this.app.toasts.show('The lessons are in the document. A fresh thread begins with the next run.');
    else if (this.hold.error) this.app.toasts.fail(this.hold.error);
  };

  private async began(run: Run | undefined, copied: boolean): Promise<void> {
    if (!run) return;
    this.asking = '';
    this.onrun(run);
    if (!copied) return;
    try {
      await this.app.desk.copy((await this.app.api.runs.show(run.id)).prompt);
      this.app.toasts.show('Prompt copied. Paste the answer here when it is there.');
    } catch (cause) {
      this.app.toasts.fail(cause);
    }
  }
}

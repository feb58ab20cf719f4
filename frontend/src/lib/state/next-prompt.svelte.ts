import { type Api, type ApiError, type Given, type NextPrompt, type PromptOrder, type Run, toApiError } from '../api';

const kindWords: Record<string, string> = {
  findings: 'a list of findings',
  readiness: 'a readiness report',
  suggestions: 'a list of suggestions',
  tasks: 'a list of tasks',
  document: 'a document',
  any: 'a text',
};

/** "Turn into next prompt": a text, and the meta-prompt that is to be applied to it. */
export class NextState {
  given = $state.raw<Given>();
  /** The project its answer is kept in; empty for none. */
  project = $state('');
  next = $state.raw<NextPrompt>();
  chosen = $state('');
  busy = $state<'' | 'look' | 'run' | 'copy'>('');
  error = $state.raw<ApiError>();

  readonly open = $derived(this.given !== undefined);
  /** What the text was recognised as, in words. */
  readonly kind = $derived(kindWords[this.next?.kind ?? ''] ?? 'a text');

  constructor(
    private readonly api: Pick<Api, 'library'>,
    private readonly desk: { copy: (text: string) => Promise<void> },
  ) {}

  show = async (given: Partial<Given>, project: string): Promise<void> => {
    this.given = { runId: '', projectId: '', path: '', version: 0, title: '', hash: '', ...given };
    this.project = project;
    this.next = this.error = undefined;
    this.chosen = '';
    this.busy = 'look';
    const asked = this.given;
    try {
      const next = await this.api.library.next(asked);
      if (this.given !== asked) return;
      this.next = next;
      this.chosen = next.default || (next.prompts[0] ?? '');
    } catch (cause) {
      if (this.given === asked) this.error = toApiError(cause);
    } finally {
      if (this.given === asked) this.busy = '';
    }
  };

  close = (): void => {
    this.given = undefined;
    this.busy = '';
  };

  /** Runs the chosen meta-prompt on the text. */
  run = (): Promise<Run | undefined> => this.act('run', () => this.api.library.start(this.order()));

  /** Copies the chosen meta-prompt with the text in it, and waits for the answer. */
  copy = (): Promise<Run | undefined> =>
    this.act('copy', async () => {
      const order = this.order();
      const [run, filled] = await Promise.all([this.api.library.copy(order), this.api.library.fill(order)]);
      await this.desk.copy(filled.text);
      return run;
    });

  private order(): PromptOrder {
    const given = this.given;
    return { promptId: this.chosen, prompt: '', projectId: this.project, persona: '', model: '', ...(given ? { given } : {}) };
  }

  private async act(what: 'run' | 'copy', call: () => Promise<Run>): Promise<Run | undefined> {
    if (this.busy || !this.chosen) return undefined;
    this.busy = what;
    this.error = undefined;
    try {
      const run = await call();
      this.given = undefined;
      return run;
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.busy = '';
    }
  }
}

import { type Api, type ApiError, type Desk, type FilledPrompt, type FilledVariable, type Given, type PromptDetail, type PromptOrder, type Run, toApiError } from '../api';
import { overMessage } from './prompt.svelte';
import { partsOf } from './prompt-parts';
import { PasteState, RunsState } from './runs.svelte';

/** The text follows the typing after so many milliseconds; the values are kept a little later. */
export const fillMillis = 150;
export const keepMillis = 900;

/** Whether an id of a prompt is the path of a document that is a prompt itself. */
function isDocument(prompt: string): boolean {
  return prompt.includes('/');
}

/** One prompt of the library: its form, the text as it will be sent, and its runs. */
export class PromptDesk {
  detail = $state.raw<PromptDetail>();
  filled = $state.raw<FilledPrompt>();
  error = $state.raw<ApiError>();
  /** Why the text does not follow the form, or the values could not be kept. */
  fillError = $state.raw<ApiError>();
  keeping = $state<'clean' | 'typing' | 'kept' | 'failed'>('clean');
  /** Who looks, by id, where the prompt asks for it. */
  persona = $state('');
  /** The model it is planned for and run on; empty means the default one. */
  model = $state('');
  /** The text it is applied to. */
  given = $state.raw<Given>();
  /** Something is missing, and it was asked whether to copy all the same. */
  asking = $state(false);
  private typed = $state.raw<Readonly<Record<string, string>>>({});

  /** It is a document of the project, not a prompt of the library. */
  readonly document: boolean;
  readonly runs: RunsState;
  readonly paste: PasteState;

  readonly variables = $derived(this.filled?.variables ?? []);
  /** Those that a person fills: who looks is chosen, and a given text has its own place. */
  readonly fields = $derived(this.variables.filter((one) => !one.variable.source.startsWith('persona.') && !(this.given && one.variable.source === 'given')));
  readonly asksWho = $derived(this.variables.some((one) => one.variable.source.startsWith('persona.')));
  readonly missing = $derived(this.variables.filter((one) => one.missing && !this.typed[one.variable.name]?.trim()));
  readonly filledCount = $derived(this.variables.filter((one) => one.from !== 'none' || this.valueOf(one).trim() !== '').length);
  readonly parts = $derived(this.filled ? partsOf(this.filled) : []);
  readonly plan = $derived(this.filled?.context);
  readonly over = $derived(this.plan && this.filled ? overMessage(this.plan, this.filled.model) : '');
  /** Why it cannot be run; copying is always possible. */
  readonly reason = $derived(this.why());

  private timer: ReturnType<typeof setTimeout> | undefined;
  private keepTimer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;
  private dirty = false;

  constructor(
    private readonly api: Api,
    private readonly desk: Pick<Desk, 'copy'>,
    /** Of the library, or the path of a document of the project. */
    readonly id: string,
    /** Empty for none. */
    readonly project: string,
    given?: Given,
  ) {
    this.given = given;
    this.document = isDocument(id);
    this.runs = new RunsState(api, {
      list: () => api.library.runs(id, project),
      start: () => api.library.start(this.order()),
      copy: () => api.library.copy(this.order()),
      holds: (run) => this.holds(run),
    });
    this.paste = new PasteState(api);
  }

  load = async (): Promise<void> => {
    await Promise.all([this.loadDetail(), this.fill(), this.runs.load()]);
  };

  /** Loads the prompt anew after it was changed. What was typed stays. */
  reload = async (): Promise<void> => {
    await Promise.all([this.loadDetail(), this.fill()]);
  };

  valueOf(filled: FilledVariable): string {
    return this.typed[filled.variable.name] ?? filled.value;
  }

  /** What was typed in place of a document. */
  typedFor(name: string): string {
    return this.typed[name] ?? '';
  }

  type = (name: string, value: string): void => {
    this.typed = { ...this.typed, [name]: value };
    this.asking = false;
    this.dirty = true;
    this.keeping = 'typing';
    clearTimeout(this.timer);
    clearTimeout(this.keepTimer);
    this.timer = setTimeout(() => void this.fill(), fillMillis);
    this.keepTimer = setTimeout(() => void this.keep(), keepMillis);
  };

  choosePersona = (id: string): void => {
    this.persona = id;
    void this.fill();
  };

  chooseModel = (model: string): void => {
    this.model = model;
    void this.fill();
  };

  /** Takes up the text that a run was made from, so that it can be run again. */
  adopt = (given: Given | undefined): void => {
    if (!given || this.given) return;
    this.given = given;
    void this.fill();
  };

  dropGiven = (): void => {
    this.given = undefined;
    void this.fill();
  };

  /** Brings the text and the kept values up to the form at once. */
  flush = async (): Promise<void> => {
    clearTimeout(this.timer);
    clearTimeout(this.keepTimer);
    if (this.dirty) await this.keep();
  };

  /** Copies the prompt. When something is missing it asks first, once: a second call copies all the same. */
  copy = async (): Promise<Run | undefined> => {
    await this.flush();
    if (this.missing.length > 0 && !this.asking) {
      this.asking = true;
      return undefined;
    }
    this.asking = false;
    if (!(await this.runs.copy())) return undefined;
    const run = this.runs.waiting;
    if (run && run.promptHash !== this.filled?.hash) await this.fill();
    await this.desk.copy(this.filled?.text ?? '');
    return run;
  };

  run = async (): Promise<boolean> => {
    await this.flush();
    if (this.reason || this.fillError) return false;
    return this.runs.start(this.model);
  };

  order(): PromptOrder {
    const { document } = this;
    const values = { ...kept(this.variables), ...this.typed };
    return {
      promptId: document ? '' : this.id,
      prompt: document ? this.id : '',
      projectId: this.project,
      ...(this.filled || Object.keys(values).length > 0 ? { values } : {}),
      persona: this.persona,
      model: this.model,
      ...(this.given ? { given: this.given } : {}),
    };
  }

  private holds(run: Run): boolean {
    const here = run.projectId === (this.project || 'library');
    return here && (this.document ? run.promptPath === this.id : run.promptId === this.id);
  }

  private async loadDetail(): Promise<void> {
    if (this.document) return;
    try {
      this.detail = await this.api.library.detail(this.id);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  }

  private fill(): Promise<void> {
    return this.ask(() => this.api.library.fill(this.order()));
  }

  private async keep(): Promise<void> {
    this.dirty = false;
    await this.ask(() => this.api.library.keep(this.order()));
    if (this.fillError) {
      this.dirty = true;
      this.keeping = 'failed';
    } else if (!this.dirty) this.keeping = 'kept';
  }

  /** The latest answer counts: an earlier one that comes late is of an older form. */
  private async ask(call: () => Promise<FilledPrompt>): Promise<void> {
    const turn = ++this.turn;
    try {
      const filled = await call();
      if (turn !== this.turn) return;
      this.filled = filled;
      this.fillError = undefined;
    } catch (cause) {
      if (turn === this.turn) this.fillError = toApiError(cause);
    }
  }

  private why(): string {
    const missing = this.missing[0]?.variable;
    if (missing) return missing.source.startsWith('persona.') ? 'Choose who looks.' : `${missing.label || missing.name} is missing.`;
    return this.over;
  }
}

/** What a person typed at an earlier time: it goes on counting. */
function kept(variables: FilledVariable[]): Record<string, string> {
  return Object.fromEntries(variables.filter((one) => one.from === 'user').map((one) => [one.variable.name, one.value]));
}

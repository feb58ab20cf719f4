import { type Api, type ApiError, type ContextPlan, type FilledVariable, type PromptText, toApiError } from '../api';
import { count } from '../ui/format';
import { partsOf } from './prompt-parts';

export const fillMillis = 300;

/** The prompt of a phase: its variables as they are typed, and the assembled text. */
export class PromptState {
  prompt = $state.raw<PromptText>();
  error = $state.raw<ApiError>();
  keeping = $state<'clean' | 'typing' | 'saving' | 'kept' | 'failed'>('clean');
  /** The model that the plan is for; empty means the default one. */
  model = $state('');
  /** What was typed and is not in the prompt yet, by name. */
  private typed = $state.raw<Readonly<Record<string, string>>>({});

  readonly variables = $derived(this.prompt?.prompt.variables ?? []);
  readonly missing = $derived(this.variables.filter((one) => one.missing && !this.typed[one.variable.name]?.trim()));
  readonly parts = $derived(this.prompt ? partsOf({ ...this.prompt, variables: this.variables }) : []);
  readonly plan = $derived(this.prompt?.prompt.context);
  readonly over = $derived(this.plan && this.prompt ? overMessage(this.plan, this.prompt.prompt.model) : '');

  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | undefined;
  private turn = 0;

  constructor(
    private readonly api: Pick<Api, 'prompts'>,
    private readonly project: string,
    private readonly phase: string,
  ) {}

  load = async (): Promise<void> => {
    const turn = ++this.turn;
    try {
      const prompt = await this.api.prompts.show(this.project, this.phase, this.model);
      if (turn !== this.turn) return;
      this.prompt = prompt;
      this.error = undefined;
    } catch (cause) {
      if (turn === this.turn) this.error = toApiError(cause);
    }
  };

  choose = async (model: string): Promise<void> => {
    if (model === this.model) return;
    this.model = model;
    await this.load();
  };

  valueOf(filled: FilledVariable): string {
    return this.typed[filled.variable.name] ?? filled.value;
  }

  /** What was typed in place of a document and is not saved yet. */
  typedFor(name: string): string {
    return this.typed[name] ?? '';
  }

  fill = (name: string, value: string): void => {
    this.typed = { ...this.typed, [name]: value };
    this.keeping = 'typing';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), fillMillis);
  };

  /** Saves at once what is not saved yet, for example before a run. */
  flush = async (): Promise<void> => {
    clearTimeout(this.timer);
    await this.sending;
    if (Object.keys(this.typed).length > 0) await this.keep();
  };

  private async keep(): Promise<void> {
    while (this.sending) await this.sending;
    this.sending = this.send().finally(() => {
      this.sending = undefined;
    });
    await this.sending;
  }

  private async send(): Promise<void> {
    const sent = this.typed;
    if (Object.keys(sent).length === 0) return;
    this.keeping = 'saving';
    this.turn++; // a load that is on its way is older than this
    const turn = this.turn;
    try {
      const prompt = await this.api.prompts.fill(this.project, this.phase, sent);
      if (turn === this.turn) this.prompt = prompt;
      this.typed = Object.fromEntries(Object.entries(this.typed).filter(([name, value]) => sent[name] !== value));
      this.keeping = Object.keys(this.typed).length > 0 ? 'typing' : 'kept';
      this.error = undefined;
    } catch (cause) {
      this.keeping = 'failed';
      this.error = toApiError(cause);
      return;
    }
    // The answer to filling is planned for the default model.
    if (this.model) await this.load();
  }
}

/** Says by how much a prompt is too long, and the way out. Empty when it fits. */
export function overMessage(plan: ContextPlan, model: string): string {
  if (plan.fits || plan.over <= 0) return '';
  const whom = model || 'the model';
  const larger = plan.limit > plan.window ? ' or choose a larger context' : ' or choose a model with a larger window';
  return `This prompt is ${count(plan.over)} tokens too long for ${whom}. Leave out an input${larger}.`;
}

import { type Api, type ApiError, type Pack, toApiError } from '../api';

export type Keeping = 'kept' | 'keeping' | 'failed';

/** What a project says of itself. Each fact is kept when its field is left. */
export class FactsState {
  facts = $state.raw<Record<string, string>>({});
  packs = $state.raw<Pack[]>([]);
  loaded = $state(false);
  error = $state.raw<ApiError>();
  /** What is wrong with a fact, by its name. */
  errors = $state.raw<Record<string, ApiError>>({});
  keeping = $state<Keeping>('kept');

  readonly filled = $derived(Object.values(this.facts).filter((one) => one !== '').length);

  constructor(
    private readonly api: { library: Pick<Api['library'], 'facts' | 'setFact' | 'shelf'> },
    private readonly project: string,
  ) {}

  load = async (): Promise<void> => {
    try {
      const [facts, shelf] = await Promise.all([this.api.library.facts(this.project), this.api.library.shelf()]);
      this.facts = facts;
      this.packs = shelf.packs;
      this.error = undefined;
      this.loaded = true;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  set = async (name: string, value: string): Promise<void> => {
    if (value.trim() === (this.facts[name] ?? '')) {
      this.forget(name);
      return;
    }
    this.keeping = 'keeping';
    try {
      this.facts = await this.api.library.setFact(this.project, name, value);
      this.forget(name);
      this.keeping = Object.keys(this.errors).length > 0 ? 'failed' : 'kept';
    } catch (cause) {
      this.errors = { ...this.errors, [name]: toApiError(cause) };
      this.keeping = 'failed';
    }
  };

  private forget(name: string): void {
    this.errors = Object.fromEntries(Object.entries(this.errors).filter(([one]) => one !== name));
  }
}

import { type Api, type ApiError, type Batch, type Event, type PromptOrder, toApiError, type Version } from '../api';

/** One prompt seen through several eyes: its runs, and what they found together. */
export class BatchState {
  batch = $state.raw<Batch>();
  error = $state.raw<ApiError>();
  keeping = $state(false);

  readonly ended = $derived(this.batch?.runs.filter((run) => !['queued', 'running', 'waiting'].includes(run.state)).length ?? 0);

  private loading: Promise<void> | undefined;
  private stale = false;

  constructor(
    private readonly api: Pick<Api, 'library' | 'runs'>,
    readonly id: string,
  ) {}

  load = (): Promise<void> => {
    this.stale = this.loading !== undefined;
    this.loading ??= this.fetch().finally(() => {
      this.loading = undefined;
      if (this.stale) void this.load();
    });
    return this.loading;
  };

  apply(event: Event): void {
    if (event.run?.batchId === this.id) void this.load();
  }

  stop = async (): Promise<void> => {
    const going = this.batch?.runs.filter((run) => run.state === 'queued' || run.state === 'running') ?? [];
    try {
      await Promise.all(going.map((run) => this.api.runs.cancel(run.id)));
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  /** Keeps the merged findings as a document. */
  keep = async (): Promise<Version | undefined> => {
    const { batch } = this;
    if (!batch || this.keeping) return undefined;
    this.keeping = true;
    try {
      return await this.api.library.keepBatch(batch.id);
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.keeping = false;
    }
  };

  private async fetch(): Promise<void> {
    try {
      this.batch = await this.api.library.batch(this.id);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
      this.stale = false;
    }
  }
}

/** Which people are to look, one by one. */
export class PerspectivesState {
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  starting = $state(false);
  error = $state.raw<ApiError>();

  constructor(private readonly api: Pick<Api, 'library'>) {}

  toggle = (id: string): void => {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    this.chosen = chosen;
  };

  start = async (order: PromptOrder): Promise<Batch | undefined> => {
    if (this.starting || this.chosen.size === 0) return undefined;
    this.starting = true;
    this.error = undefined;
    try {
      return await this.api.library.startBatch({ order, personas: [...this.chosen] });
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.starting = false;
    }
  };
}

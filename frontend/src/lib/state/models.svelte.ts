import { type Api, type ApiError, type Event, type ModelStatus, toApiError } from '../api';

/** Which models can be reached. */
export class Models {
  status = $state.raw<ModelStatus>();
  checking = $state(false);
  error = $state.raw<ApiError>();

  readonly running = $derived(this.status?.running ?? false);
  readonly list = $derived(this.status?.models ?? []);
  /** The model that Run uses; empty when there is none: then copy and paste is the way. */
  readonly default = $derived(this.running ? (this.status?.default ?? '') : '');

  /** Whether Ollama itself runs on this computer. */
  readonly local = $derived(isLocal(this.status?.url ?? ''));

  constructor(private readonly api: Pick<Api, 'models'>) {}

  load = (): Promise<void> => this.ask(false);

  /** Asks the provider again. */
  check = (): Promise<void> => this.ask(true);

  /** Somebody is back at the page, and may have started Ollama in between. */
  back = async (): Promise<void> => {
    if (this.status && !this.running && !this.checking) await this.check();
  };

  apply(event: Event): void {
    if (event.models) this.status = event.models;
    // Another door may have changed the address; what is known of the old one says nothing.
    if (event.settings && this.status && event.settings.ollamaUrl !== this.status.url) void this.load();
  }

  private async ask(refresh: boolean): Promise<void> {
    this.checking = true;
    try {
      this.status = await this.api.models.status(refresh);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    } finally {
      this.checking = false;
    }
  }
}

function isLocal(address: string): boolean {
  try {
    return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname);
  } catch {
    return false;
  }
}

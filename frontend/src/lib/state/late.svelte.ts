import { type ApiError, toApiError } from '../api';

/** A component in a chunk of its own. Fetched ahead, it is there at once when it is to be shown. */
export class Late<C> {
  component = $state.raw<C>();
  error = $state.raw<ApiError>();
  private fetching: Promise<void> | undefined;

  constructor(private readonly load: () => Promise<{ default: C }>) {}

  /** Fetches it, once; after a failure it is tried again. */
  fetch = (): Promise<void> => {
    this.fetching ??= this.take().finally(() => {
      if (!this.component) this.fetching = undefined;
    });
    return this.fetching;
  };

  private async take(): Promise<void> {
    this.error = undefined;
    try {
      this.component = (await this.load()).default;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  }
}

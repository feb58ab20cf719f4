import { type Api, type ApiError, type Backup, type Check, toApiError, type VerifyProgress } from '../api';
import { bytes } from '../ui/format';
import type { Toasts } from './toasts.svelte';

/** Everything together: its backups, and whether it is sound. What goes on here goes on behind other screens. */
export class DataState {
  /** Those in the data folder, newest first. */
  backups = $state.raw<Backup[]>([]);
  loaded = $state(false);
  /** Why they cannot be listed. */
  error = $state.raw<ApiError>();

  backingUp = $state(false);
  backupError = $state.raw<ApiError>();

  checking = $state(false);
  progress = $state.raw<VerifyProgress>();
  /** What the last check has found; undefined before the first. */
  checks = $state.raw<Check[]>();
  checkedAt = $state('');
  checkError = $state.raw<ApiError>();

  readonly faults = $derived(this.checks?.filter((one) => one.state !== 'ok') ?? []);
  readonly share = $derived(this.progress ? this.progress.done / Math.max(1, this.progress.total) : 0);

  private stopping: AbortController | undefined;

  constructor(
    private readonly api: Pick<Api, 'data'>,
    private readonly toasts: Pick<Toasts, 'show'>,
  ) {}

  load = async (): Promise<void> => {
    try {
      this.backups = await this.api.data.backups();
      this.error = undefined;
      this.loaded = true;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  backUp = async (): Promise<void> => {
    if (this.backingUp) return;
    this.backingUp = true;
    this.backupError = undefined;
    try {
      const made = await this.api.data.backUp();
      this.toasts.show(`Everything is in ${made.path}, ${bytes(made.size)}, and was read back.`);
      await this.load();
    } catch (cause) {
      this.backupError = toApiError(cause);
    } finally {
      this.backingUp = false;
    }
  };

  /** Reads everything, and remembers what it has found. */
  check = async (): Promise<void> => {
    if (this.checking) return;
    const stopping = (this.stopping = new AbortController());
    this.checking = true;
    this.progress = this.checks = this.checkError = undefined;
    try {
      this.checks = await this.api.data.verify(stopping.signal, (progress) => (this.progress = progress));
      this.checkedAt = new Date().toISOString();
    } catch (cause) {
      if (!stopping.signal.aborted) this.checkError = toApiError(cause);
    } finally {
      this.checking = false;
    }
  };

  stop = (): void => this.stopping?.abort();
}

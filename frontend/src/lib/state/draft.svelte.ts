import { type Api, type ApiError, type Document, type Draft, toApiError, type Version } from '../api';

/** A draft is kept this long after the first keystroke that is not kept yet. */
export const keepMillis = 250;
const retryMillis = 2000;

/**
 * Typing on a document. What is typed is kept as a draft within 300 ms, while
 * typing goes on as well; only saving makes a version of it.
 */
export class DraftState {
  body = $state('');
  /** The version the text was begun from. */
  base = $state(0);
  /** Kept typing from an earlier time was found. */
  restored = $state(false);
  keeping = $state<'clean' | 'typing' | 'kept' | 'failed'>('clean');
  saving = $state(false);
  error = $state.raw<ApiError>();
  /** The version that somebody else saved meanwhile. */
  conflict = $state(0);

  /** The text of the version that was current when the draft was opened. */
  private original = $state('');
  readonly changed = $derived(this.body !== this.original);

  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | undefined;
  private dirty = false;
  private closed = false;

  constructor(
    private readonly api: Pick<Api, 'artifacts'>,
    private readonly project: string,
    private readonly path: string,
    original: string,
    draft: Draft | undefined,
    version: number,
  ) {
    this.original = original;
    this.restored = draft !== undefined;
    this.body = draft?.body ?? original;
    this.base = draft?.base ?? version;
    if (draft) this.keeping = 'kept';
    if (draft && draft.base < version) this.conflict = version;
  }

  /** Opens the draft that is kept for a document, or a new one of its text. */
  static async open(api: Pick<Api, 'artifacts'>, document: Document, text = document.markdown): Promise<DraftState> {
    const { projectId, path } = document.artifact;
    const kept = await api.artifacts.draft(projectId, path);
    return new DraftState(api, projectId, path, text, kept.base >= 0 ? kept : undefined, document.version.number);
  }

  type = (body: string): void => {
    if (body === this.body) return;
    this.body = body;
    this.dirty = true;
    this.keeping = 'typing';
    this.timer ??= setTimeout(() => void this.keep(), keepMillis);
  };

  /** Keeps at once what is not kept yet, for example before the page is left. */
  flush = async (): Promise<void> => {
    await this.sending;
    if (this.dirty) await this.keep();
  };

  /** Saves the text as a version. Undefined when it could not be saved; the text is still here. */
  save = async (message: string): Promise<Version | undefined> => {
    if (this.saving) return undefined;
    this.saving = true;
    this.error = undefined;
    this.stopTimer();
    await this.sending;
    const body = this.body;
    try {
      const version = await this.api.artifacts.save(this.project, { path: this.path, base: this.base, body, message });
      this.original = body;
      if (this.body === body) await this.drop().catch(() => undefined); // the version is saved, and that counts
      else this.rebase(version.number);
      return version;
    } catch (cause) {
      await this.refused(toApiError(cause));
      return undefined;
    } finally {
      this.saving = false;
    }
  };

  /** Goes on from the version somebody else saved: saving puts this text on top of it. */
  rebase = (version: number): void => {
    this.base = version;
    this.conflict = 0;
    this.error = undefined;
    this.dirty = true;
    this.timer ??= setTimeout(() => void this.keep(), keepMillis);
  };

  /** Throws the draft away. */
  discard = async (): Promise<boolean> => {
    this.stopTimer();
    await this.sending;
    try {
      await this.drop();
      return true;
    } catch (cause) {
      this.error = toApiError(cause);
      return false;
    }
  };

  /** Somebody else has saved a version. */
  moved(version: number): void {
    if (version > this.base && !this.saving && !this.closed) this.conflict = version;
  }

  private async refused(error: ApiError): Promise<void> {
    this.error = error;
    if (this.dirty) void this.keep();
    if (error.code !== 'conflict') return;
    try {
      const { version } = await this.api.artifacts.document(this.project, this.path);
      if (version.number > this.base) this.conflict = version.number;
    } catch {
      // The refusal itself is shown; the newer version can be looked up later.
    }
  }

  private async drop(): Promise<void> {
    this.closed = true;
    this.dirty = false;
    await this.api.artifacts.dropDraft(this.project, this.path);
    this.keeping = 'clean';
  }

  private async keep(): Promise<void> {
    this.stopTimer();
    while (this.sending) await this.sending;
    if (!this.dirty || this.closed) return;
    this.sending = this.send().finally(() => {
      this.sending = undefined;
    });
    await this.sending;
  }

  private async send(): Promise<void> {
    const body = this.body;
    this.dirty = false;
    try {
      await this.api.artifacts.keepDraft(this.project, {
        projectId: this.project,
        path: this.path,
        base: this.base,
        body,
        at: new Date().toISOString(),
      });
      if (this.error && this.keeping === 'failed') this.error = undefined;
      if (!this.dirty) this.keeping = 'kept';
    } catch (cause) {
      this.dirty = true;
      this.keeping = 'failed';
      this.error = toApiError(cause);
      if (!this.closed) this.timer ??= setTimeout(() => void this.keep(), retryMillis);
    }
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

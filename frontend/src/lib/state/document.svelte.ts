import { type Api, type ApiError, type Blame, type Document, type Event, type Evidence, type Item, type ItemState, toApiError, type Version } from '../api';
import { withByte } from './byte-text';
import { DraftState } from './draft.svelte';

/**
 * The document of a phase at its current version: reading, ticking and editing.
 * A tick shows at once and is taken back when the backend refuses it.
 */
export class DocumentState {
  document = $state.raw<Document>();
  error = $state.raw<ApiError>();
  /** Boxes whose tick is on its way, by index. */
  pending = $state.raw<ReadonlyMap<number, ItemState>>(new Map());
  /** The editor is open on this. */
  draft = $state.raw<DraftState>();
  opening = $state(false);
  /** Who wrote each passage. It comes after the document, and ticks do not change it. */
  blame = $state.raw<Blame>();

  readonly version = $derived(this.document?.version.number ?? 0);
  readonly written = $derived(this.version > 0);
  readonly frozen = $derived(this.document?.artifact.frozen ?? false);
  readonly items = $derived(this.document?.items ?? []);
  /** The boxes as they are to be shown. */
  readonly states = $derived(new Map(this.items.map((item) => [item.index, this.pending.get(item.index) ?? (item.state as ItemState)])));
  readonly done = $derived([...this.states.values()].filter((state) => state === 'done' || state === 'waived').length);
  readonly claimed = $derived([...this.states.values()].filter((state) => state === 'claimed').length);

  private queue: Promise<void> = Promise.resolve();
  private loading = 0;

  constructor(
    private readonly api: Pick<Api, 'artifacts'>,
    private readonly project: string,
    readonly path: string,
  ) {}

  load = async (): Promise<void> => {
    const turn = ++this.loading;
    try {
      const document = await this.api.artifacts.document(this.project, this.path);
      if (turn !== this.loading || this.pending.size > 0) return;
      this.document = this.placed(document);
      this.error = undefined;
      void this.ask(document);
    } catch (cause) {
      if (turn === this.loading) this.error = toApiError(cause);
    }
  };

  apply(event: Event): void {
    const artifact = event.artifact;
    if (artifact?.projectId !== this.project || artifact.path !== this.path) return;
    const known = this.document;
    this.draft?.moved(artifact.current.number);
    if (!known || this.pending.size > 0) return;
    // Confirming and waiving change a box without a new version.
    if (artifact.current.number >= known.version.number) void this.load();
  }

  /** Ticks an open box, confirms a claimed one, and takes the tick of a done one back. */
  tick = (index: number): Promise<void> => {
    const item = this.items.find((one) => one.index === index);
    if (!item || this.frozen) return Promise.resolve();
    const done = this.states.get(index) !== 'done';
    this.pending = new Map(this.pending).set(index, done ? 'done' : 'open');
    // One at a time: each tick is a version, and the next one is made on it.
    this.queue = this.queue.then(() => this.send(index, done));
    return this.queue;
  };

  /** Says that a box need not be done. */
  waive = async (index: number, reason: string): Promise<boolean> => {
    await this.queue;
    const item = this.items.find((one) => one.index === index);
    if (!item) return false;
    return this.settleItem(() => this.api.artifacts.waiveItem(this.project, this.path, item.offset, this.version, reason));
  };

  /** Ticks a box by what shows that it is done. */
  prove = async (index: number, evidence: Evidence): Promise<boolean> => {
    await this.queue;
    const item = this.items.find((one) => one.index === index);
    if (!item) return false;
    return this.settleItem(() => this.api.artifacts.prove(this.project, { path: this.path, offset: item.offset, version: this.version, evidence }));
  };

  private async settleItem(call: () => Promise<Version>): Promise<boolean> {
    try {
      await call();
      await this.load();
      this.error = undefined;
      return true;
    } catch (cause) {
      this.error = toApiError(cause);
      return false;
    }
  }

  /** Opens the editor on the draft that is kept, on a given text, or on the document. */
  edit = async (text?: string): Promise<void> => {
    if (this.draft || this.opening || this.frozen || !this.document) return;
    this.opening = true;
    try {
      await this.queue;
      await this.load(); // an answer may have been accepted a moment ago
      this.draft = await DraftState.open(this.api, this.document, text);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    } finally {
      this.opening = false;
    }
  };

  /** Closes the editor. What was typed stays a draft. */
  close = async (): Promise<void> => {
    await this.draft?.flush();
    this.draft = undefined;
    await this.load();
  };

  save = async (message: string): Promise<Version | undefined> => {
    const draft = this.draft;
    const version = await draft?.save(message);
    if (version && draft && !draft.changed) this.draft = undefined;
    if (version) await this.load();
    return version;
  };

  discard = async (): Promise<void> => {
    if (!(await this.draft?.discard())) return;
    this.draft = undefined;
    await this.load();
  };

  /** Asks who wrote the passages of a text, unless that is known. Without an answer nothing is marked. */
  private async ask(document: Document): Promise<void> {
    const { number, basisHash } = document.version;
    if (number === 0 || this.blame?.version.basisHash === basisHash) return;
    this.blame = undefined;
    const blame = await this.api.artifacts.blame(this.project, this.path, number).catch(() => undefined);
    if (this.document?.version.basisHash === basisHash) this.blame = blame;
  }

  /** The same text keeps its rendering, and with it the place and the focus of the reader. Ticks change no text. */
  private placed(next: Document): Document {
    const known = this.document;
    const same = known && (known.markdown === next.markdown || (known.version.basisHash !== '' && known.version.basisHash === next.version.basisHash));
    return same ? { ...next, html: known.html } : next;
  }

  private async send(index: number, done: boolean): Promise<void> {
    const document = this.document;
    const item = document?.items.find((one) => one.index === index);
    if (!document || !item || !this.pending.has(index)) return; // an earlier tick was refused
    try {
      const version = await this.api.artifacts.tick(this.project, this.path, item.offset, document.version.number, done);
      this.settle(index);
      this.document = ticked(document, item, version, done);
      this.error = undefined;
    } catch (cause) {
      this.pending = new Map();
      await this.load();
      this.error = toApiError(cause);
    }
  }

  private settle(index: number): void {
    const pending = new Map(this.pending);
    pending.delete(index);
    this.pending = pending;
  }
}

/** The document after a tick. Only the mark has changed, so the rendering stays. */
function ticked(document: Document, item: Item, version: Version, done: boolean): Document {
  const next: Item = { ...item, marked: done, state: done ? 'done' : 'open' };
  if (done) next.tick = { state: 'done', by: version.author, at: version.at, reason: '' };
  else delete next.tick;
  return {
    ...document,
    artifact: { ...document.artifact, current: version },
    version,
    markdown: withByte(document.markdown, item.offset, done ? 'x' : ' '),
    items: document.items.map((one) => (one.index === item.index ? next : one)),
  };
}

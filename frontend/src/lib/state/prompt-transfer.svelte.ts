import { type Api, type ApiError, type Desk, type Export, type ImportPreview, type PromptCard, toApiError } from '../api';
import { zip } from '../api/zip';
import { count } from '../ui/format';
import { readAll } from './read-files';

/** The formats of other programs that prompts are written in. */
export const formats: { value: string; label: string }[] = [
  { value: 'plumbline', label: 'Plumbline' },
  { value: 'skill', label: 'Agent Skills' },
  { value: 'claude', label: 'Claude Code commands' },
  { value: 'vscode', label: 'VS Code prompt files' },
  { value: 'cursor', label: 'Cursor commands' },
  { value: 'cursor-rule', label: 'Cursor rules' },
  { value: 'fabric', label: 'fabric patterns' },
  { value: 'llm', label: 'llm templates' },
  { value: 'markdown', label: 'Plain Markdown' },
];

/** Prompts of other programs that are to come in: first shown, then taken. */
export class PromptImport {
  preview = $state.raw<ImportPreview>();
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  /** Files that cannot be prompts, as sentences. */
  refused = $state.raw<string[]>([]);
  busy = $state<'' | 'read' | 'take'>('');
  error = $state.raw<ApiError>();
  /** The dialog is open, perhaps without anything in it yet. */
  open = $state(false);

  readonly items = $derived(this.preview?.items ?? []);
  readonly taken = $derived(this.items.filter((_, i) => this.chosen.has(i)));

  constructor(private readonly api: Pick<Api, 'library'>) {}

  ask = (): void => {
    this.forget();
    this.open = true;
  };

  close = (): void => {
    this.open = false;
    this.forget();
  };

  /** Shows what files would bring in. */
  read = async (files: { path: string; file: File }[]): Promise<void> => {
    this.ask();
    this.busy = 'read';
    try {
      const sorted = await readAll(files, 'plumbline prompt import PATH');
      this.refused = sorted.refused;
      if (sorted.files.length === 0) return;
      this.place(await this.api.library.preview({ files: sorted.files }));
    } catch (cause) {
      this.error = toApiError(cause);
    } finally {
      this.busy = '';
    }
  };

  toggle = (at: number): void => {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(at)) chosen.add(at);
    this.chosen = chosen;
  };

  chooseAll = (on: boolean): void => {
    this.chosen = on ? new Set(this.items.keys()) : new Set();
  };

  take = async (): Promise<PromptCard[] | undefined> => {
    if (this.busy || this.taken.length === 0) return undefined;
    this.busy = 'take';
    try {
      const cards = await this.api.library.take(this.taken.map((item) => ({ ...item, take: true }))); // also what was ticked by hand
      this.close();
      return cards;
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.busy = '';
    }
  };

  private place(preview: ImportPreview): void {
    this.preview = preview;
    this.chosen = new Set([...preview.items.entries()].filter(([, item]) => item.take).map(([i]) => i));
  }

  private forget(): void {
    this.preview = this.error = undefined;
    this.refused = [];
    this.chosen = new Set();
  }
}

/** Prompts that are to be written in a format of another program. */
export class PromptExport {
  ids = $state.raw<string[]>([]);
  format = $state('plumbline');
  made = $state.raw<Export>();
  busy = $state(false);
  /** It is being written to a file. */
  saving = $state(false);
  error = $state.raw<ApiError>();

  readonly open = $derived(this.ids.length > 0);
  private turn = 0;

  constructor(
    private readonly api: Pick<Api, 'library'>,
    private readonly desk: Pick<Desk, 'saveFile' | 'keepFile' | 'copy'>,
  ) {}

  show = (ids: string[]): void => {
    this.ids = ids;
    void this.choose(this.format);
  };

  close = (): void => {
    this.ids = [];
    this.made = this.error = undefined;
  };

  choose = async (format: string): Promise<void> => {
    const turn = ++this.turn;
    this.format = format;
    this.busy = true;
    try {
      const made = await this.api.library.export({ ids: this.ids, format, folder: '', file: '', over: false });
      if (turn !== this.turn) return;
      this.made = made;
      this.error = undefined;
    } catch (cause) {
      if (turn === this.turn) this.error = toApiError(cause);
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  };

  copy = async (): Promise<void> => {
    await this.desk.copy(this.made?.files[0]?.content ?? '');
  };

  /**
   * Keeps it: one file as it is, several in an archive. The dialog of the system
   * says where to; a browser has it among its downloads. Returns where it is, in
   * words, or nothing when it is nowhere.
   */
  keep = async (): Promise<string> => {
    const files = this.made?.files ?? [];
    const [only] = files;
    if (!only || this.saving) return '';
    const name = files.length === 1 ? (only.path.split('/').at(-1) ?? 'prompt.md') : 'prompts.zip';
    this.saving = true;
    try {
      const to = await this.desk.saveFile(files.length === 1 ? 'Export a prompt' : 'Export prompts', name);
      if (!to) return '';
      const what = files.length === 1 ? '' : ` with ${count(files.length)} files`;
      if (to !== 'download') {
        // The dialog has asked about a file that is there already.
        const { path } = await this.api.library.export({ ids: this.ids, format: this.format, folder: '', file: to.path, over: true });
        return `${path}${what} is written.`;
      }
      const content = files.length === 1 ? new Blob([only.content], { type: 'text/markdown' }) : new Blob([zip(files)], { type: 'application/zip' });
      this.desk.keepFile(name, content);
      return `${name}${what} is among your downloads.`;
    } catch (cause) {
      this.error = toApiError(cause);
      return '';
    } finally {
      this.saving = false;
    }
  };
}

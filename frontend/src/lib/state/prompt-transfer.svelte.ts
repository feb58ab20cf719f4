import { type Api, type ApiError, type Desk, type Export, type ImportFile, type ImportPreview, type PromptCard, toApiError } from '../api';
import { zip } from '../api/zip';
import { count } from '../ui/format';

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

/** Larger files than this are not sent. */
export const fileLimit = 5 << 20;

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
      const sorted = await readAll(files);
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
      const cards = await this.api.library.take(this.taken);
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

/** Reads texts; what cannot be one is named instead. */
async function readAll(files: { path: string; file: File }[]): Promise<{ files: ImportFile[]; refused: string[] }> {
  const read: ImportFile[] = [];
  const refused: string[] = [];
  for (const { path, file } of files) {
    if (/(^|\/)\.(git|DS_Store)(\/|$)/.test(path)) continue;
    if (file.size > fileLimit) {
      refused.push(`${path} is larger than 5 MB. Import it in a terminal: “plumbline prompt import PATH”.`);
      continue;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    const archive = bytes[0] === 0x50 && bytes[1] === 0x4b;
    if (archive && files.length === 1) read.push({ path, content: base64(bytes), base64: true });
    else if (archive) refused.push(`${path} is an archive. Choose it alone.`);
    else if (bytes.includes(0)) refused.push(`${path} is no text.`);
    else read.push({ path, content: new TextDecoder().decode(bytes), base64: false });
  }
  return { files: read, refused };
}

/** Bytes as a text that JSON can hold. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/** Prompts that are to be written in a format of another program. */
export class PromptExport {
  ids = $state.raw<string[]>([]);
  format = $state('plumbline');
  made = $state.raw<Export>();
  busy = $state(false);
  error = $state.raw<ApiError>();

  readonly open = $derived(this.ids.length > 0);
  private turn = 0;

  constructor(
    private readonly api: Pick<Api, 'library'>,
    private readonly desk: Pick<Desk, 'keepFile' | 'copy'>,
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
      const made = await this.api.library.export({ ids: this.ids, format });
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

  /** Has the browser keep it: one file as it is, several in an archive. Returns what was kept, in words. */
  keep = (): string => {
    const files = this.made?.files ?? [];
    const [only] = files;
    if (!only) return '';
    if (files.length === 1) {
      const name = only.path.split('/').at(-1) ?? 'prompt.md';
      this.desk.keepFile(name, new Blob([only.content], { type: 'text/markdown' }));
      return `${name} is among your downloads.`;
    }
    this.desk.keepFile('prompts.zip', new Blob([zip(files)], { type: 'application/zip' }));
    return `prompts.zip with ${count(files.length)} files is among your downloads.`;
  };
}

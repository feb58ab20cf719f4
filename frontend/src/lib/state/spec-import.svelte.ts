import { type Api, type ApiError, type HandoffPreview, type ImportFile, type Project, toApiError } from '../api';
import type { PathFile } from '../ui/dropped';
import { readAll } from './read-files';

/** Specifications of Spec Kit or OpenSpec that are to become projects: first shown, then taken. */
export class SpecImport {
  preview = $state.raw<HandoffPreview>();
  /** The names of those that become projects. */
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** Files that cannot come in, as sentences. */
  refused = $state.raw<string[]>([]);
  busy = $state<'' | 'read' | 'take'>('');
  error = $state.raw<ApiError>();
  open = $state(false);
  /** A single text that was dropped: the idea of a new project. */
  idea = $state.raw<File>();

  readonly items = $derived(this.preview?.items ?? []);
  private files: ImportFile[] = [];

  constructor(private readonly api: Pick<Api, 'specs'>) {}

  ask = (): void => {
    this.forget();
    this.open = true;
  };

  close = (): void => {
    this.open = false;
    this.forget();
  };

  /** Shows what projects the files would become. */
  read = async (files: PathFile[]): Promise<void> => {
    this.ask();
    this.busy = 'read';
    try {
      const archive = files.length === 1 && /\.zip$/i.test(files[0]?.path ?? '');
      const sorted = await readAll(archive ? files : files.filter(({ path }) => concerns(path)), 'plumbline handoff import PATH');
      this.refused = sorted.refused;
      this.files = sorted.files;
      const preview = await this.api.specs.preview({ path: '', files: sorted.files, choose: [] });
      this.chosen = new Set(preview.items.filter((item) => item.take).map((item) => item.name));
      this.preview = preview;
    } catch (cause) {
      this.error = toApiError(cause);
    } finally {
      this.busy = '';
    }
  };

  toggle = (name: string): void => {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(name)) chosen.add(name);
    this.chosen = chosen;
    this.error = undefined;
  };

  take = async (): Promise<Project[] | undefined> => {
    if (this.busy || this.chosen.size === 0) return undefined;
    this.busy = 'take';
    try {
      const choose = this.items.map((item) => item.name).filter((name) => this.chosen.has(name));
      const projects = await this.api.specs.take({ path: '', files: this.files, choose });
      this.close();
      return projects;
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.busy = '';
    }
  };

  private forget(): void {
    this.preview = this.error = undefined;
    this.refused = this.files = [];
    this.chosen = new Set();
  }
}

/** The text of an idea, when nothing but that was dropped. */
export function ideaOf(files: PathFile[]): File | undefined {
  const [only, more] = files;
  return only && !more && !only.path.includes('/') && /\.(md|markdown|txt|text)$/i.test(only.path) ? only.file : undefined;
}

/** Whether a file may belong to a specification, so that of a whole repository only those are sent. */
export function concerns(path: string): boolean {
  const dirs = path.toLowerCase().split('/');
  const name = dirs.pop() ?? '';
  const last = dirs.at(-1);
  return (
    dirs.some((dir) => dir === 'specs' || dir === 'changes' || /^(\d{3}|\d{8}-\d{6})-./.test(dir)) ||
    last === 'openspec' ||
    (last === 'memory' && name === 'constitution.md') ||
    (dirs.length < 2 && name.endsWith('.md')) ||
    (dirs.length === 2 && (last === 'checklists' || last === 'contracts'))
  );
}

/** Whether a dropped file may be a specification's, an archive, or an idea. */
export function mayBelong(path: string): boolean {
  return !path.includes('/') || concerns(path);
}

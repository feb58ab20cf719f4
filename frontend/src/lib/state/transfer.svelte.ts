import { type Api, type ApiError, type Desk, type Picked, type Project, toApiError } from '../api';
import { bytes } from '../ui/format';
import type { Toasts } from './toasts.svelte';

/** After so many milliseconds, an export says that it goes on. */
const patience = 600;

/** Projects as files: sent out and taken in. */
export class Transfer {
  /** The project that is being exported; empty for none. */
  exporting = $state('');
  /** A file is being taken in. */
  importing = $state(false);
  /** The file that could not be taken in as it is: a question, or the end of it. */
  file = $state.raw<Picked>();
  error = $state.raw<ApiError>();
  /** The name it is to have as a project of its own. */
  name = $state('');
  /** Why it cannot have that name, or something else with it. */
  nameError = $state.raw<ApiError>();

  /** It is here already, or has gone on here: it can stand beside it. */
  readonly conflict = $derived(this.error?.code === 'conflict');

  constructor(
    private readonly api: Pick<Api, 'data'>,
    private readonly desk: Pick<Desk, 'openFile' | 'saveFile' | 'keepFile'>,
    private readonly toasts: Pick<Toasts, 'show' | 'fail'>,
    /** Leads to a project that has come. */
    private readonly arrived: (project: Project) => Promise<void>,
  ) {}

  export = async (project: Project): Promise<void> => {
    if (this.exporting) return;
    let slow: ReturnType<typeof setTimeout> | undefined;
    this.exporting = project.id;
    try {
      const name = fileName(project, new Date());
      const to = await this.desk.saveFile(`Export “${project.name}”`, name);
      if (!to) return;
      slow = setTimeout(() => this.toasts.show(`“${project.name}” is being exported.`), patience);
      if (to === 'download') {
        const content = await this.api.data.download(project.id);
        this.desk.keepFile(name, content);
        this.toasts.show(`“${project.name}” is among your downloads: ${name}, ${bytes(content.size)}.`);
      } else {
        const made = await this.api.data.exportTo(project.id, to.path);
        this.toasts.show(`“${project.name}” is in ${made.path}, ${bytes(made.size)}.`);
      }
    } catch (cause) {
      this.toasts.fail(cause);
    } finally {
      clearTimeout(slow);
      this.exporting = '';
    }
  };

  /** Asks for a file and takes it in. */
  import = async (): Promise<void> => {
    if (this.importing) return;
    this.dismiss();
    try {
      const file = await this.desk.openFile('Import a project');
      if (!file) return;
      this.error = await this.take(file, '');
      if (!this.error) return;
      this.file = file;
      this.name = proposal(file.name);
    } catch (cause) {
      this.toasts.fail(cause); // no file could be asked for
    }
  };

  /** Takes the file in as a project of its own. */
  importAsNew = async (): Promise<void> => {
    const { file } = this;
    if (!file || this.importing) return;
    this.nameError = undefined;
    this.nameError = await this.take(file, this.name.trim());
    if (!this.nameError) this.dismiss();
  };

  dismiss = (): void => {
    this.file = this.error = this.nameError = undefined;
    this.name = '';
  };

  private async take(file: Picked, name: string): Promise<ApiError | undefined> {
    this.importing = true;
    try {
      const project = 'path' in file ? await this.api.data.importFrom(file.path, name) : await this.api.data.upload(file.file, name);
      await this.arrived(project);
      this.toasts.show(`“${project.name}” is here, with its history.`);
      return undefined;
    } catch (cause) {
      return toApiError(cause);
    } finally {
      this.importing = false;
    }
  }
}

/** "tide-table-2026-11-25.zip", by the calendar of the person. */
function fileName(project: Project, now: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${project.slug}-${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}.zip`;
}

/** "tide-table-2026-11-25.zip" becomes "Tide table, as of 2026-11-25". */
function proposal(file: string): string {
  const [, slug = '', day] = /^(.*?)(?:-(\d{4}-\d\d-\d\d))?(?: ?\(\d+\))?(?:\.[^.]*)?$/.exec(file) ?? [];
  const words = slug.replace(/[-_]+/g, ' ').trim();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}, ${day ? `as of ${day}` : 'imported'}`;
}

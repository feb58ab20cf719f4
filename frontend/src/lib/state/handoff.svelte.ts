import { type Api, type ApiError, type Desk, type Handoff, type HandoffFormat, type Overview, toApiError } from '../api';
import { zip } from '../api/zip';
import { bytes, plural } from '../ui/format';

/** What is said of a format where it is chosen. */
export interface HandoffChoice {
  value: HandoffFormat;
  label: string;
  about: string;
  /** A single phase can be had in it. */
  phased: boolean;
  /** What else is to be known before it is kept. */
  hint?: string;
}

/** The formats in the order in which they are offered. */
export const handoffChoices: HandoffChoice[] = [
  { value: 'markdown', label: 'One page', about: 'All documents, the gates and the open findings', phased: true },
  { value: 'zip', label: 'Archive', about: 'Documents, prompts to paste, gates: to go on anywhere', phased: true },
  { value: 'agents', label: 'AGENTS.md', about: 'A block with facts, phase and rules for agents', phased: false, hint: 'The window writes it into an AGENTS.md that is there and leaves all else as it is. From a browser, copy it.' },
  { value: 'speckit', label: 'Spec Kit', about: 'specs/001-…/: spec, plan, tasks and checklists', phased: false, hint: 'This format holds a whole project.' },
  { value: 'openspec', label: 'OpenSpec', about: 'openspec/changes/…/: proposal, design, tasks, specs', phased: false, hint: 'This format holds a whole project.' },
];

/** A project, or a phase of it, on its way to people and programs without Plumbline: first shown, then kept. */
export class HandoffState {
  overview = $state.raw<Overview>();
  format = $state<HandoffFormat>('markdown');
  /** The id of the only phase; empty for the whole project. */
  phase = $state('');
  made = $state.raw<Handoff>();
  busy = $state(false);
  saving = $state(false);
  error = $state.raw<ApiError>();
  /** The path of the file that is looked at. */
  chosen = $state('');

  readonly open = $derived(this.overview !== undefined);
  readonly choice = $derived(handoffChoices.find((one) => one.value === this.format));
  readonly files = $derived(this.made?.files ?? []);
  readonly file = $derived(this.files.find((one) => one.path === this.chosen) ?? this.files[0]);
  private turn = 0;

  constructor(
    private readonly api: Pick<Api, 'projects'>,
    private readonly desk: Pick<Desk, 'saveFile' | 'keepFile' | 'copy'>,
  ) {}

  show = (overview: Overview): void => {
    this.overview = overview;
    this.phase = '';
    void this.make();
  };

  close = (): void => {
    this.turn++;
    this.overview = this.made = this.error = undefined;
    this.busy = false;
  };

  choose = async (format: HandoffFormat): Promise<void> => {
    this.format = format;
    if (!this.choice?.phased) this.phase = '';
    await this.make();
  };

  choosePhase = async (phase: string): Promise<void> => {
    this.phase = phase;
    await this.make();
  };

  look = (path: string): void => {
    this.chosen = path;
  };

  copy = async (): Promise<void> => {
    await this.desk.copy(this.file?.content ?? '');
  };

  /**
   * Keeps it: one file as it is, several in an archive. The dialog of the system
   * says where to; a browser has it among its downloads. Returns where it is, in
   * words, or nothing when it is nowhere.
   */
  keep = async (): Promise<string> => {
    const { made, overview } = this;
    const [first] = made?.files ?? [];
    if (!made || !overview || !first || this.saving) return '';
    const packed = made.name.endsWith('.zip');
    const what = packed ? ` with ${plural(made.files.length, 'file')}` : '';
    this.saving = true;
    try {
      const to = await this.desk.saveFile(`Hand off “${overview.project.name}”`, made.name);
      if (!to) return '';
      if (to !== 'download') {
        // Without the end of its name, several files would become a folder.
        const path = packed && !/\.zip$/i.test(to.path) ? `${to.path}.zip` : to.path;
        const done = await this.api.projects.handoffTo(overview.project.id, { format: this.format, phase: this.phase }, path, path === to.path);
        return `${done.path}${what} is written.`;
      }
      const content = packed ? new Blob([zip(made.files)], { type: 'application/zip' }) : new Blob([first.content], { type: 'text/markdown' });
      this.desk.keepFile(made.name, content);
      return `${made.name}${what} is among your downloads, ${bytes(content.size)}.`;
    } catch (cause) {
      this.error = toApiError(cause);
      return '';
    } finally {
      this.saving = false;
    }
  };

  private async make(): Promise<void> {
    const { overview } = this;
    if (!overview) return;
    const turn = ++this.turn;
    this.busy = true;
    try {
      const made = await this.api.projects.handoff(overview.project.id, { format: this.format, phase: this.phase });
      if (turn !== this.turn) return;
      this.made = made;
      this.error = undefined;
    } catch (cause) {
      if (turn !== this.turn) return;
      this.made = undefined;
      this.error = toApiError(cause);
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  }
}

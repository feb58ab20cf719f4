import { type ApiError, type NewProject, type Project, toApiError, type Workflow } from '../api';

/** The limits of the backend, checked before anything is sent. */
const maxName = 80;
const maxIdea = 256 << 10;

/** Where the form is kept while the page is elsewhere: a part of sessionStorage. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A file as the page has it. */
export interface TextFile {
  name: string;
  size: number;
  text(): Promise<string>;
}

const key = 'plumbline.new-project';

/** The built-in workflows from the widest to the narrowest; those of the user follow. The first is chosen at first. */
const usual = ['idea-to-production', 'harden', 'agent-task'];

function inOrder(workflows: Workflow[]): Workflow[] {
  const place = ({ id }: Workflow): number => (usual.includes(id) ? usual.indexOf(id) : usual.length);
  return [...workflows].sort((a, b) => place(a) - place(b));
}

/** The form of a new project. What was typed outlives leaving the page and every error. */
export class NewProjectForm {
  name = $state('');
  idea = $state('');
  workflowId = $state('');
  /** The file the idea was read from. */
  file = $state.raw<{ name: string; size: number }>();
  workflows = $state.raw<Workflow[]>();
  busy = $state(false);
  errors = $state.raw<{ name?: string; idea?: string; form?: ApiError }>({});

  readonly size = $derived(new TextEncoder().encode(this.idea).length);
  readonly empty = $derived(this.name.trim() === '' && this.idea.trim() === '');

  constructor(
    private readonly listWorkflows: () => Promise<Workflow[]>,
    private readonly create: (wish: NewProject) => Promise<Project>,
    private readonly shelf: Shelf,
  ) {
    this.recall();
  }

  load = async (): Promise<void> => {
    try {
      this.workflows = inOrder(await this.listWorkflows());
      if (!this.workflows.some((one) => one.id === this.workflowId)) this.workflowId = this.workflows[0]?.id ?? '';
    } catch (cause) {
      this.errors = { ...this.errors, form: toApiError(cause) };
    }
  };

  /** Keeps what is typed. Call it whenever a field changes. */
  keep = (): void => {
    if (this.empty) this.shelf.removeItem(key);
    else {
      const { name, idea, workflowId, file } = this;
      try {
        this.shelf.setItem(key, JSON.stringify({ name, idea, workflowId, file }));
      } catch {
        // Too large for the shelf: the form itself still has it.
      }
    }
  };

  typed = (field: 'name' | 'idea'): void => {
    if (this.errors[field]) this.errors = { ...this.errors, [field]: undefined };
    if (field === 'idea' && this.idea === '') this.file = undefined;
    this.keep();
  };

  /** Takes the idea from a file, and its name when the project has none yet. */
  read = async (file: TextFile): Promise<void> => {
    const wrong = await this.refusal(file);
    if (typeof wrong === 'string') {
      this.errors = { ...this.errors, idea: wrong };
      return;
    }
    this.idea = wrong.text;
    this.file = { name: file.name, size: file.size };
    if (this.name.trim() === '') this.name = nameOf(file.name).slice(0, maxName);
    this.errors = {};
    this.keep();
  };

  /** Returns the project, or nothing when something has to be mended first. */
  submit = async (): Promise<Project | undefined> => {
    if (this.busy || !this.check()) return undefined;
    this.busy = true;
    try {
      const project = await this.create({ name: this.name.trim(), idea: this.idea, workflowId: this.workflowId });
      this.clear();
      return project;
    } catch (cause) {
      this.place(toApiError(cause));
      return undefined;
    } finally {
      this.busy = false;
    }
  };

  private check(): boolean {
    const name = this.name.trim();
    const errors: { name?: string; idea?: string } = {};
    if (name === '') errors.name = 'The project needs a name.';
    else if ([...name].length > maxName) errors.name = `The name is ${[...name].length} characters long. At most ${maxName} fit.`;
    if (this.idea.trim() === '') errors.idea = 'Write the idea in a few words. The first phase asks for the rest.';
    else if (this.size > maxIdea) errors.idea = `The idea is ${Math.ceil(this.size / 1024)} KB long. At most 256 KB fit.`;
    this.errors = errors;
    return !errors.name && !errors.idea;
  }

  /** Puts an error of the backend beside the field it speaks of. */
  private place(error: ApiError): void {
    const text = [error.message, error.hint].filter(Boolean).join(' ');
    const about = error.code === 'invalid' || error.code === 'limit' || error.code === 'conflict';
    // A name is quoted and may hold any word, “idea” too.
    if (about && /\b(name|named|called)\b/i.test(error.message)) this.errors = { name: text };
    else if (about && /\bidea\b/i.test(error.message)) this.errors = { idea: text };
    else this.errors = { form: error };
  }

  private async refusal(file: TextFile): Promise<string | { text: string }> {
    if (!/\.(md|markdown|txt|text)$/i.test(file.name)) return `${file.name} is not a .md or .txt file.`;
    if (file.size > maxIdea) {
      return `${file.name} is ${Math.ceil(file.size / 1024)} KB long. At most 256 KB fit.`;
    }
    try {
      const text = await file.text();
      if (text.includes('\u0000') || text.includes('\ufffd')) return `${file.name} is not UTF-8 text. Save it as UTF-8, then try again.`;
      return { text: text.replace(/^\ufeff/, '') };
    } catch {
      return `${file.name} cannot be read.`;
    }
  }

  private clear(): void {
    this.name = '';
    this.idea = '';
    this.file = undefined;
    this.errors = {};
    this.shelf.removeItem(key);
  }

  private recall(): void {
    try {
      const kept = JSON.parse(this.shelf.getItem(key) ?? '{}') as Partial<NewProjectForm>;
      if (typeof kept.name === 'string') this.name = kept.name;
      if (typeof kept.idea === 'string') this.idea = kept.idea;
      if (typeof kept.workflowId === 'string') this.workflowId = kept.workflowId;
      if (kept.file && typeof kept.file.name === 'string') this.file = kept.file;
    } catch {
      // What cannot be read is begun anew.
    }
  }
}

/** "harbour-master.md" becomes "Harbour master". */
function nameOf(file: string): string {
  const words = file.replace(/\.[^.]+$/, '').replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

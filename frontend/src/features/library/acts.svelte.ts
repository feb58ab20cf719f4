import type { PromptCard } from '../../lib/api';
import type { AppState } from '../../lib/state/app.svelte';
import type { PromptDesk } from '../../lib/state/prompt-desk.svelte';
import { libraryId } from '../../lib/state/prompt-file.svelte';
import { links } from '../../lib/state/router.svelte';
import { ended } from '../../lib/state/run.svelte';
import { nextFromClipboard } from '../palette/prompts';
import { size } from '../phase/words';
import { keptLink } from './places';

/** What a person can do with a prompt of the library, and where it leads. */
export class DeskActs {
  /** The view follows the text that is written. */
  following = $state(true);
  busy = $state<'' | 'keep' | 'customise'>('');
  /** Who looks is being chosen. */
  choosing = $state(false);

  readonly hasModel = $derived.by(() => this.app.models.running && this.app.models.default !== '');
  readonly writing = $derived.by(() => this.desk.runs.active !== undefined);
  /** The run whose answer can be worked with. */
  readonly answer = $derived.by(() => {
    const shown = this.desk.runs.shown;
    return shown && ended(shown.run) && shown.run.answerSize > 0 ? shown : undefined;
  });
  readonly card = $derived.by(() => this.desk.detail?.card);
  /** Where it is kept, with its versions; empty for a built-in prompt. */
  readonly path = $derived.by(() => (this.desk.document ? this.desk.id : (this.card?.path ?? '')));
  /** The project that it is kept in, which may be the library. */
  readonly owner = $derived.by(() => (this.desk.document && this.desk.project) || libraryId);
  readonly own = $derived.by(() => this.card !== undefined && this.card.source !== 'built-in');

  constructor(
    private readonly desk: PromptDesk,
    private readonly app: AppState,
  ) {}

  go = (tab = ''): void => {
    this.app.router.replace(links.library(this.desk.project, this.desk.id, tab));
  };

  /** Leaves a view that takes the whole room. */
  back = (tab: string): void => this.go(this.desk.document && tab === 'versions' ? 'document' : '');

  run = async (): Promise<void> => {
    if (!this.hasModel || this.writing || this.desk.reason) return;
    this.following = true;
    const started = await this.desk.run();
    if (started || this.desk.runs.error) this.go('run');
  };

  stop = (): void => {
    void this.desk.runs.stop();
  };

  copy = async (open = false): Promise<void> => {
    const { app, desk } = this;
    try {
      const run = await desk.copy();
      if (!run) return;
      desk.runs.show(run);
      const site = app.settings.value.chatUrl;
      if (site && open) app.desk.open(site);
      const action = site && !open ? { label: `Open ${host(site)}`, run: () => app.desk.open(site) } : { label: 'Paste the answer', run: () => this.go('run') };
      app.toasts.show(`Prompt copied: ${size(run.promptSize)}.`, { action });
    } catch (cause) {
      app.toasts.fail(cause);
    }
  };

  /** Brings the clipboard to where the answer is awaited. */
  paste = async (): Promise<void> => {
    const waiting = this.desk.runs.waiting;
    if (!waiting) {
      this.app.toasts.show('Copy the prompt first. Then its answer can be pasted.');
      return;
    }
    this.desk.runs.show(waiting);
    this.go('run');
    try {
      const text = await this.app.desk.paste();
      if (text.trim()) this.desk.paste.edit(text);
    } catch (cause) {
      this.app.toasts.fail(cause);
    }
  };

  take = async (anyway: boolean): Promise<void> => {
    const waiting = this.desk.runs.waiting;
    const done = waiting && (await this.desk.paste.send(waiting, anyway));
    if (done) this.desk.runs.take(done);
  };

  favourite = async (): Promise<void> => {
    const card = this.card && (this.app.library.byId.get(this.card.id) ?? this.card);
    if (!card) return;
    try {
      await this.app.library.favourite(card);
    } catch (cause) {
      this.app.toasts.fail(cause);
    }
  };

  /** Opens the editor; of a built-in prompt it first makes a copy in its place. */
  edit = async (): Promise<void> => {
    const { card, app } = this;
    if (!card || this.busy) return;
    if (card.source === 'built-in') {
      this.busy = 'customise';
      try {
        app.library.put(await app.api.library.customise(card.id));
        await this.desk.reload();
        app.toasts.show('This copy takes the place of the built-in prompt. Remove it to have that one back.');
      } catch (cause) {
        app.toasts.fail(cause);
        return;
      } finally {
        this.busy = '';
      }
    }
    this.go('edit');
  };

  remove = async (): Promise<void> => {
    const { card, app } = this;
    if (!card || !this.own) return;
    try {
      await app.api.library.remove(card.id);
      await app.library.load();
      app.toasts.show(`“${card.title}” is removed. Its versions are kept.`, { action: { label: 'Undo', run: () => void putBack(app, card.path) } });
      if (!app.library.byId.has(card.id)) app.router.replace(links.library(this.desk.project));
      else await this.desk.reload();
    } catch (cause) {
      app.toasts.fail(cause);
    }
  };

  copyAnswer = async (): Promise<void> => {
    try {
      await this.app.desk.copy(this.answer?.detail?.answer ?? '');
      this.app.toasts.show('Answer copied.');
    } catch (cause) {
      this.app.toasts.fail(cause);
    }
  };

  /** Of the answer; where there is none, of what was copied elsewhere. */
  turn = (): void => {
    const run = this.answer?.run;
    if (run) void this.app.next.show({ runId: run.id, title: this.title, hash: '' }, this.desk.project);
    else void nextFromClipboard(this.app);
  };

  /** Keeps the answer as a document. Of a meta-prompt it is a prompt, and opens as one. */
  keep = async (): Promise<void> => {
    const shown = this.answer;
    if (!shown || this.busy) return;
    this.busy = 'keep';
    try {
      const { api, toasts } = this.app;
      const { candidate, current } = await api.candidates.review(shown.run.id);
      const version = await api.candidates.accept(shown.run.id, { all: true, sections: [], merge: false, body: '', message: '', base: current.number });
      await shown.reload();
      toasts.show(`Kept as ${candidate.path}, v${version.number}.`, { action: { label: 'Open', run: () => this.openKept(candidate.path) } });
    } catch (cause) {
      this.app.toasts.fail(cause);
    } finally {
      this.busy = '';
    }
  };

  openKept = (path: string): void => {
    const { project } = this.desk;
    this.app.router.go(this.card?.meta ? links.library(project, path) : keptLink(project, path));
  };

  get title(): string {
    return this.card?.title ?? this.desk.filled?.title ?? this.desk.id;
  }
}

export async function putBack(app: AppState, path: string): Promise<PromptCard | undefined> {
  try {
    const card = await app.api.library.putBack(path);
    await app.library.load();
    return card;
  } catch (cause) {
    app.toasts.fail(cause);
    return undefined;
  }
}

function host(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, '') : 'the chat';
}

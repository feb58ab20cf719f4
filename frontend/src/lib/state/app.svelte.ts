import { type Api, type ApiError, type AppInfo, type Desk, type Event, type EventStream, type Given, type Line, toApiError } from '../api';
import { Commands } from './commands.svelte';
import { DataState } from './data.svelte';
import { HandoffState } from './handoff.svelte';
import { SpecImport } from './spec-import.svelte';
import { Library } from './library.svelte';
import { Models } from './models.svelte';
import { NextState } from './next-prompt.svelte';
import { OwnState } from './own.svelte';
import { OpenFindings } from './open-findings.svelte';
import { PracticeState } from './practice.svelte';
import { Projects } from './projects.svelte';
import { PromptExport, PromptImport } from './prompt-transfer.svelte';
import { links, type Place, Router } from './router.svelte';
import { SettingsState } from './settings.svelte';
import { Shortcuts } from './shortcuts.svelte';
import { Toasts } from './toasts.svelte';
import { Transfer } from './transfer.svelte';

export interface Surroundings {
  api: Api;
  events: Pick<EventStream, 'start' | 'stop' | 'subscribe' | 'onResync'>;
  desk: Desk;
  place: Place;
  mac: boolean;
}

/** What every screen shares. Views take it with `useApp()`. */
export class AppState {
  readonly api: Api;
  readonly desk: Desk;
  readonly events: Surroundings['events'];
  readonly router: Router;
  readonly projects: Projects;
  readonly settings: SettingsState;
  readonly models: Models;
  readonly data: DataState;
  readonly transfer: Transfer;
  readonly handoff: HandoffState;
  readonly library: Library;
  /** Which meta-prompt is to be applied to a text. */
  readonly next: NextState;
  readonly own: OwnState;
  readonly openFindings: OpenFindings;
  readonly practice: PracticeState;
  readonly promptImport: PromptImport;
  readonly promptExport: PromptExport;
  readonly specImport: SpecImport;
  readonly toasts = new Toasts();
  readonly commands = new Commands();
  readonly shortcuts: Shortcuts;

  info = $state.raw<AppInfo>();
  /** Why nothing works: the data folder cannot be opened, or nobody answers. */
  problem = $state.raw<ApiError>();
  ready = $state(false);
  /** The line to the backend. In the window it is always up. */
  line = $state<Line>('up');
  /** The title of a new prompt is being asked for. */
  newPrompt = $state(false);
  private handed: { prompt: string; given: Given } | undefined;

  /** The project the page is in. */
  readonly overview = $derived.by(() => this.projects.overview(this.router.project));

  constructor(around: Surroundings) {
    this.api = around.api;
    this.desk = around.desk;
    this.events = around.events;
    this.router = new Router(around.place);
    this.projects = new Projects(around.api);
    this.settings = new SettingsState(around.api);
    this.models = new Models(around.api);
    this.data = new DataState(around.api, this.toasts);
    this.transfer = new Transfer(around.api, around.desk, this.toasts, async ({ id }) => {
      await this.projects.refresh(id);
      this.router.go(links.phase(id));
    });
    this.handoff = new HandoffState(around.api, around.desk);
    this.library = new Library(around.api);
    this.next = new NextState(around.api, around.desk);
    this.own = new OwnState(around.api, this.toasts);
    this.openFindings = new OpenFindings(around.api);
    this.practice = new PracticeState(around.api);
    this.promptImport = new PromptImport(around.api);
    this.promptExport = new PromptExport(around.api, around.desk);
    this.specImport = new SpecImport(around.api);
    this.shortcuts = new Shortcuts(around.mac, () => this.settings.value.singleKeys);
    this.events.subscribe((event) => this.apply(event));
    this.events.onResync(() => void this.load());
  }

  /** Opens the line of events, then loads what every screen needs. */
  open = async (): Promise<void> => {
    await this.events.start();
    await this.load();
  };

  load = async (): Promise<void> => {
    try {
      const [info] = await Promise.all([this.api.app.info(), this.settings.load(), this.projects.load()]);
      this.info = info;
      this.problem = undefined;
      this.ready = true;
    } catch (cause) {
      this.problem = toApiError(cause);
    }
    // A model that does not answer holds nothing else up.
    if (this.problem) return;
    void this.models.load();
    void this.openFindings.load();
    if (this.library.loaded) void this.library.load();
  };

  /** Has the data opened again, after it could not be. */
  retry = async (): Promise<void> => {
    try {
      await this.api.app.retry();
    } catch (cause) {
      this.problem = toApiError(cause);
      return;
    }
    await this.load();
  };

  /** Opens a prompt of the library with a text that it is to be applied to. */
  hand = (prompt: string, project: string, given: Given): void => {
    this.handed = { prompt, given };
    this.router.go(links.library(project, prompt));
  };

  /** Takes the text that was handed to a prompt, once. */
  handover(prompt: string): Given | undefined {
    const given = this.handed?.prompt === prompt ? this.handed.given : undefined;
    this.handed = undefined;
    return given;
  }

  private apply(event: Event): void {
    this.projects.apply(event);
    this.settings.apply(event);
    this.models.apply(event);
    this.library.apply(event);
    this.practice.apply(event);
    this.openFindings.apply(event);
    if (!event.notice) return;
    const { level, message, hint } = event.notice;
    this.toasts.show(message, { tone: level === 'error' ? 'red' : 'plain', ...(hint ? { hint } : {}) });
  }
}

import { type Api, type ApiError, type DueItem, type Event, type Overview, type PhaseStatus, type RoundStatus, type Workflow, toApiError } from '../api';
import { type LinePhase, linePhases, strips } from './line';
import { links } from './router.svelte';

/** A prompt of a phase, with where it is run. */
export interface BoardPrompt {
  id: string;
  href: string;
}

/** One phase as the board shows it. */
export interface BoardRow extends LinePhase {
  prompt: BoardPrompt | undefined;
  /** Further prompts that are of use in the phase. */
  more: BoardPrompt[];
  /** The checklists that lie over it. */
  strips: PhaseStatus[];
  /** Where its rounds stand, if it has any. */
  round: RoundStatus | undefined;
  due: DueItem[];
  /** The one thing to do now is here. */
  now: boolean;
}

type Calls = { library: Pick<Api['library'], 'workflows'>; work: Pick<Api['work'], 'round'> };

/** The phases of a project in rows: what writes each, what is written, its gate, and what is due. */
export class BoardState {
  workflow = $state.raw<Workflow>();
  rounds = $state.raw<ReadonlyMap<string, RoundStatus>>(new Map());
  error = $state.raw<ApiError>();
  loaded = $state(false);

  readonly overview = $derived.by(() => this.look());
  readonly rows = $derived.by(() => this.list());
  /** What is due and belongs to no phase: practice prompts. */
  readonly apart = $derived.by(() => (this.overview?.toDo.due ?? []).filter((one) => !one.phase));

  constructor(
    private readonly api: Calls,
    readonly project: string,
    private readonly look: () => Overview | undefined,
  ) {}

  load = async (): Promise<void> => {
    try {
      const id = this.overview?.project.workflowId;
      const all = await this.api.library.workflows();
      this.workflow = all.find((one) => one.id === id);
      await this.loadRounds();
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
    this.loaded = true;
  };

  /** Rounds begin and end with what the overview tells of. */
  apply(event: Event): void {
    if (event.projectId === this.project && event.overview) void this.loadRounds().catch(() => undefined);
  }

  private async loadRounds(): Promise<void> {
    const loop = this.workflow?.loop.phases ?? [];
    const turning = (this.workflow?.phases ?? []).filter((one) => one.output.includes('NN') || loop.includes(one.id));
    const found = await Promise.all(turning.map(async ({ id }) => [id, await this.api.work.round(this.project, id)] as const));
    this.rounds = new Map(found);
  }

  private list(): BoardRow[] {
    const overview = this.overview;
    if (!overview) return [];
    const { toDo } = overview;
    return linePhases(overview).map((line) => {
      const phase = this.workflow?.phases.find((one) => one.id === line.status.id);
      const id = line.status.id;
      return {
        ...line,
        prompt: phase?.prompt ? { id: phase.prompt, href: links.phase(this.project, id, 'prompt') } : undefined,
        more: (phase?.prompts ?? []).map((one) => ({ id: one, href: links.library(this.project, one) })),
        strips: strips(overview, id),
        round: this.rounds.get(id),
        due: toDo.due.filter((one) => one.phase === id),
        now: toDo.kind !== 'nothing' && toDo.phase === id,
      };
    });
  }
}

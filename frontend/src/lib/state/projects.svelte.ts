import { type Api, type ApiError, type Event, type NewProject, type Overview, type Project, toApiError } from '../api';

/** All projects with the computed state of their phases, the last active first. */
export class Projects {
  list = $state.raw<Overview[]>([]);
  loaded = $state(false);
  error = $state.raw<ApiError>();

  /** How many gates could be passed now. */
  readonly openGates = $derived(this.list.filter((overview) => overview.gateOpen).length);
  /** Whether a model is writing in any of them. */
  readonly writing = $derived(
    this.list.some((overview) =>
      overview.phases.some((phase) => phase.runState === 'running' || phase.runState === 'queued'),
    ),
  );

  constructor(private readonly api: Pick<Api, 'projects'>) {}

  load = async (): Promise<void> => {
    try {
      this.list = sorted(await this.api.projects.list());
      this.error = undefined;
      this.loaded = true;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  apply(event: Event): void {
    if (event.overview) this.put(event.overview);
  }

  overview(id: string): Overview | undefined {
    return this.list.find((overview) => overview.project.id === id);
  }

  create = async (wish: NewProject): Promise<Project> => {
    const project = await this.api.projects.create(wish);
    await this.refresh(project.id);
    return project;
  };

  rename = async (id: string, name: string): Promise<void> => {
    await this.api.projects.rename(id, name);
    await this.refresh(id);
  };

  /** Fetches one overview again, for a change that the events have not told yet. */
  refresh = async (id: string): Promise<void> => {
    this.put(await this.api.projects.overview(id));
  };

  private put(overview: Overview): void {
    const others = this.list.filter((one) => one.project.id !== overview.project.id);
    this.list = sorted([...others, overview]);
  }
}

function sorted(list: Overview[]): Overview[] {
  return [...list].sort((a, b) => b.project.updatedAt.localeCompare(a.project.updatedAt));
}

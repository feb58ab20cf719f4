import { type Api, type ApiError, type Event, type PlanStep, type PlanView, toApiError } from '../api';

/** Steps under one heading of the plan; before the first heading there is no milestone. */
export interface StepGroup {
  title: string;
  settled: number;
  total: number;
  complete: boolean;
  steps: { step: PlanStep; index: number }[];
}

/** The plan of a project as steps. Its document is the source: an edit there is seen here. */
export class PlanState {
  plan = $state.raw<PlanView>();
  error = $state.raw<ApiError>();
  readonly steps = $derived(this.plan?.steps ?? []);
  readonly groups = $derived.by(() => (this.plan ? groupsOf(this.plan) : []));
  readonly written = $derived((this.plan?.version ?? 0) > 0);

  private loading: Promise<void> | undefined;
  private stale = false;

  constructor(
    private readonly api: { work: Pick<Api['work'], 'plan'> },
    readonly project: string,
  ) {}

  /** Loads the plan anew. What changes while it is on its way is loaded after it. */
  load = (): Promise<void> => {
    this.stale = this.loading !== undefined;
    this.loading ??= this.fetch().finally(() => {
      this.loading = undefined;
      if (this.stale) void this.load();
    });
    return this.loading;
  };

  apply(event: Event): void {
    if (event.projectId !== this.project) return;
    const path = event.artifact?.path ?? '';
    const touched = path === this.plan?.path || path === 'plan.md' || path.startsWith('steps/');
    if (touched || event.candidate || event.run?.step) void this.load();
  }

  /** The step with a number; without one, the one to do now, else the first. */
  find(number: string): PlanStep | undefined {
    if (number) return this.steps.find(({ step }) => step.number === number);
    return this.steps[this.plan?.current ?? -1] ?? this.steps[0];
  }

  /** The step before or after one. */
  beside(number: string, by: 1 | -1): PlanStep | undefined {
    const at = this.steps.findIndex(({ step }) => step.number === number);
    return at < 0 ? this.steps[0] : this.steps[at + by];
  }

  private async fetch(): Promise<void> {
    try {
      this.plan = await this.api.work.plan(this.project);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  }
}

function groupsOf({ steps, milestones }: PlanView): StepGroup[] {
  const groups: (StepGroup & { at: number })[] = [];
  steps.forEach((step, index) => {
    const at = step.step.milestone;
    if (groups.at(-1)?.at !== at) {
      const milestone = milestones[at];
      groups.push({ at, title: milestone?.milestone.title ?? '', settled: milestone?.settled ?? 0, total: milestone?.total ?? 0, complete: milestone?.complete ?? false, steps: [] });
    }
    groups.at(-1)?.steps.push({ step, index });
  });
  return groups;
}

import { type Api, type ApiError, type Moment, type ProjectAt, toApiError } from '../api';

/** A project as it was: the moments that have a name, and one of them, or any time, shown. */
export class MomentState {
  moments = $state.raw<Moment[]>([]);
  past = $state.raw<ProjectAt>();
  /** The time that is shown; empty for none. */
  at = $state('');
  loaded = $state(false);
  loading = $state(false);
  error = $state.raw<ApiError>();

  /** Documents that say something else by now. */
  readonly changed = $derived(this.past?.artifacts.filter((one) => !one.same).length ?? 0);

  private turn = 0;

  constructor(
    private readonly api: Pick<Api, 'projects'>,
    private readonly project: string,
  ) {}

  load = async (): Promise<void> => {
    try {
      this.moments = await this.api.projects.moments(this.project);
      this.error = undefined;
      this.loaded = true;
      const newest = this.moments[0];
      if (this.at === '' && newest) await this.show(newest.at);
    } catch (cause) {
      this.error = toApiError(cause);
      this.loaded = true;
    }
  };

  /** Shows the project as it was at a time. */
  show = async (at: string): Promise<void> => {
    const turn = ++this.turn;
    this.at = at;
    this.loading = true;
    try {
      const past = await this.api.projects.at(this.project, at);
      if (turn !== this.turn) return;
      this.past = past;
      this.error = undefined;
    } catch (cause) {
      if (turn !== this.turn) return;
      this.error = toApiError(cause);
      this.past = undefined;
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  };

  /** Moves to the next older (1) or newer (-1) moment. */
  step = (by: 1 | -1): void => {
    const now = Date.parse(this.at);
    const at = this.moments.findIndex((one) => Date.parse(one.at) <= now);
    const exact = at >= 0 && Date.parse(this.moments[at]?.at ?? '') === now;
    const to = this.moments[by === 1 && !exact ? at : at + by];
    if (to) void this.show(to.at);
  };
}

/** Reads the value of a field for a local date and time; the minute means its end. */
export function endOfMinute(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() + 59_999).toISOString();
}

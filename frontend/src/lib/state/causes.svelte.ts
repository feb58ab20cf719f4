import { type Api, type ApiError, toApiError, type VersionDiff } from '../api';

/** A text that has changed since a document was made from it: the version that was used, and the current one. */
export interface Cause {
  path: string;
  title: string;
  from: number;
  to: number;
}

/** Why a document is stale, to be compared: what it was written from, against what that is now. */
export class CausesState {
  open = $state(false);
  loading = $state(false);
  list = $state.raw<Cause[]>([]);
  /** Which of them is shown. */
  shown = $state.raw<Cause>();
  diff = $state.raw<VersionDiff>();
  error = $state.raw<ApiError>();
  private turn = 0;

  constructor(
    private readonly api: Pick<Api, 'artifacts' | 'runs'>,
    private readonly project: string,
    /** Of the document itself. What a document took from its own earlier version makes it not stale. */
    private readonly path: string,
  ) {}

  /** Opens the comparison for a document that rests on a run. */
  compare = async (basis: string): Promise<void> => {
    const turn = ++this.turn;
    this.open = true;
    this.loading = true;
    this.list = [];
    this.shown = this.diff = this.error = undefined;
    try {
      const list = await this.causes(basis);
      if (turn !== this.turn) return;
      this.list = list;
      if (list[0]) await this.show(list[0]);
    } catch (cause) {
      if (turn === this.turn) this.error = toApiError(cause);
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  };

  show = async (cause: Cause): Promise<void> => {
    this.shown = cause;
    this.diff = this.error = undefined;
    try {
      const diff = await this.api.artifacts.diff(this.project, cause.path, cause.from, cause.to);
      if (this.shown === cause) this.diff = diff;
    } catch (failure) {
      if (this.shown === cause) this.error = toApiError(failure);
    }
  };

  close = (): void => {
    this.turn++;
    this.open = false;
  };

  /** The same judgement as the backend's: a tick changes a version, but not its basis hash. */
  private async causes(basis: string): Promise<Cause[]> {
    const [{ run }, artifacts] = await Promise.all([this.api.runs.show(basis), this.api.artifacts.list(this.project)]);
    const inputs = run.inputs.filter((one) => one.path !== '' && one.path !== this.path);
    return inputs.flatMap((input) => {
      const head = artifacts.find((one) => one.path === input.path);
      if (!head || head.current.basisHash === input.hash) return [];
      return [{ path: input.path, title: head.title, from: input.version, to: head.current.number }];
    });
  }
}

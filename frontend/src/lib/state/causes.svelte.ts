import { type Api, type ApiError, type CauseDetail, type Staleness, toApiError } from '../api';

/** Why a document is behind, to be compared: what it was made from, against what that is now. */
export class CausesState {
  open = $state(false);
  loading = $state(false);
  staleness = $state.raw<Staleness>();
  /** Which of the changes is shown. */
  at = $state(0);
  error = $state.raw<ApiError>();

  readonly list = $derived<CauseDetail[]>(this.staleness?.causes ?? []);
  readonly shown = $derived(this.list[this.at]);
  private turn = 0;

  constructor(
    private readonly api: Pick<Api, 'artifacts'>,
    private readonly project: string,
    private readonly path: string,
  ) {}

  /** Opens the comparison. */
  compare = async (): Promise<void> => {
    const turn = ++this.turn;
    this.open = true;
    this.loading = true;
    this.staleness = this.error = undefined;
    this.at = 0;
    try {
      const staleness = await this.api.artifacts.behind(this.project, this.path);
      if (turn === this.turn) this.staleness = staleness;
    } catch (cause) {
      if (turn === this.turn) this.error = toApiError(cause);
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  };

  close = (): void => {
    this.turn++;
    this.open = false;
  };
}

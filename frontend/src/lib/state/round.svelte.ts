import { type Api, type ApiError, type RoundStatus, toApiError } from '../api';

/** The rounds of a phase, or of the loop that it is in. */
export class RoundState {
  round = $state.raw<RoundStatus>();
  busy = $state(false);
  error = $state.raw<ApiError>();

  /** "Round 2 of about 10". */
  readonly word = $derived(this.round ? `Round ${this.round.number}${this.round.cap ? ` of about ${this.round.cap}` : ''}` : '');
  /** Why the next one cannot begin yet; empty when it can. */
  readonly why = $derived(this.round?.ready ? '' : (this.round?.why ?? 'It is not known yet where the rounds stand.'));

  constructor(
    private readonly api: { work: Pick<Api['work'], 'round' | 'beginRound'> },
    private readonly project: string,
    private readonly phase: string,
  ) {}

  load = async (): Promise<void> => {
    try {
      this.round = await this.api.work.round(this.project, this.phase);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  /** Begins the next round; past the advised number of them it needs a reason. */
  begin = async (reason = ''): Promise<boolean> => {
    if (this.busy || this.why) return false;
    this.busy = true;
    try {
      this.round = await this.api.work.beginRound(this.project, this.phase, reason.trim());
      this.error = undefined;
      return true;
    } catch (cause) {
      this.error = toApiError(cause);
      return false;
    } finally {
      this.busy = false;
    }
  };

  /** Whether a phase with such an output goes round: in a loop, or with one document a round. */
  turns(output: string): boolean {
    return (this.round?.phases.length ?? 0) > 1 || /-\d{2,}\.md$/.test(output);
  }
}

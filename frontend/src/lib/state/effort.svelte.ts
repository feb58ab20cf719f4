import { type Api, type ApiError, type EffortRow, toApiError } from '../api';

/** Without a sign of life for so long, nobody is at work. The backend counts in the same way. */
export const idleAfter = 120_000;

type Calls = { work: Pick<Api['work'], 'efforts' | 'touch' | 'correct' | 'estimate'> };

/** How much work goes into a phase or a step. It counts while somebody is at it, and pauses by itself. */
export class EffortState {
  row = $state.raw<EffortRow>();
  error = $state.raw<ApiError>();
  busy = $state(false);
  /** Nobody was at work for a while. */
  paused = $state(false);
  private seen: number;

  readonly tokens = $derived((this.row?.promptTokens ?? 0) + (this.row?.answerTokens ?? 0));
  readonly estimated = $derived((this.row?.effort.estimate ?? 0) > 0 || (this.row?.effort.without ?? 0) > 0);

  constructor(
    private readonly api: Calls,
    private readonly project: string,
    private readonly phase: string,
    private readonly step: string,
    now: number,
  ) {
    this.seen = now;
  }

  load = async (): Promise<void> => {
    try {
      const rows = await this.api.work.efforts(this.project);
      this.row = rows.find(({ effort }) => effort.phase === this.phase && effort.step === this.step);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  /** A key, a click or a move of the pointer: somebody is there. */
  alive = (now: number): void => {
    this.seen = now;
    if (this.paused) this.paused = false;
  };

  /** Called every few seconds while the page is in sight. */
  beat = async (now: number): Promise<void> => {
    if (now - this.seen > idleAfter) {
      this.paused = true;
      return;
    }
    await this.api.work.touch(this.project, this.phase, this.step).catch(() => undefined);
    await this.load();
  };

  /** Sets the time that was worked, in minutes, whatever was counted. */
  correct = (minutes: number): Promise<boolean> => this.set(() => this.api.work.correct(this.project, this.phase, this.step, Math.round(minutes * 60)));

  /** In minutes; 0 takes an estimate back. */
  estimate = (minutes: number, without: number): Promise<boolean> => this.set(() => this.api.work.estimate(this.project, this.phase, this.step, minutes, without));

  private async set(call: () => Promise<EffortRow>): Promise<boolean> {
    this.busy = true;
    this.error = undefined;
    try {
      this.row = await call();
      return true;
    } catch (cause) {
      this.error = toApiError(cause);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** A length of work: "0 min", "47 min", "1 h 12 min", "9 h". */
export function workedWord(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** Reads a length of work as people write it, in minutes: "90", "1:30", "1.5 h", "1 h 30 min"; undefined when it is none. */
export function minutesOf(text: string): number | undefined {
  const wish = text.trim().toLowerCase().replace(',', '.');
  if (wish === '') return 0;
  const clock = /^(\d+):([0-5]\d)$/.exec(wish);
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  const words = /^(?:(\d+(?:\.\d+)?)\s*h(?:ours?)?)?\s*(?:(\d+(?:\.\d+)?)\s*m?(?:in(?:utes)?)?)?$/.exec(wish);
  if (!words || (!words[1] && !words[2])) return undefined;
  return Math.round(Number(words[1] ?? 0) * 60 + Number(words[2] ?? 0));
}

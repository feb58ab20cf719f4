import { type Api, type ApiError, type Delta, type Event, type Run, type RunBlock, type RunBlocks, type RunDetail, toApiError } from '../api';
import { byteLength, ByteText } from './byte-text';

/** Text is shown in batches, at most this often: a page that lags must not lay out every piece. */
const batchMillis = 50;
const samples = 24;
const sampleMillis = 500;

/** Whether a run has come to its end; nothing about it changes any more. */
export function ended(run: Run): boolean {
  return !['queued', 'running', 'waiting'].includes(run.state);
}

/** Whether a run is being worked on by a model. */
export function active(run: Run): boolean {
  return run.state === 'queued' || run.state === 'running';
}

const order = ['queued', 'running'];

/** Whether a value of a run is older than what is known of it. An event may overtake the answer of a call. */
export function outdated(known: Run, run: Run): boolean {
  if (ended(known)) return !ended(run);
  return !ended(run) && order.indexOf(run.state) < order.indexOf(known.state);
}

/** The text of the heading a block of safe HTML begins with; empty for other blocks. */
export function headingOf(html: string): string {
  const match = /^\s*<h[1-6][^>]*>(.*?)<\/h[1-6]>/s.exec(html);
  return plain(match?.[1] ?? '');
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#39': '’' };

function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#34|#39);/g, (_, name: string) => entities[name] ?? '')
    .trim();
}

/**
 * One run and its answer while it is written. Finished blocks are fetched once
 * each and only appended; the tail after them grows as plain text. When the
 * run has ended its final rendering takes the place of both.
 */
export class RunState {
  run = $state.raw() as Run;
  blocks = $state.raw<RunBlock[]>([]);
  tail = $state('');
  thinking = $state('');
  /** The final rendering, once the run has ended. */
  html = $state('');
  /** The texts of the run in full; fetched when it has ended. */
  detail = $state.raw<RunDetail>();
  loaded = $state(false);
  error = $state.raw<ApiError>();
  /** What a screen reader is to be told. */
  said = $state('');
  /** The last heading that was finished. */
  heading = $state('');
  /** Tokens per second, one sample each half second, oldest first. */
  rates = $state.raw<number[]>([]);
  tokens = $state(0);
  private clock = $state(0);

  readonly active = $derived(active(this.run));
  readonly ended = $derived(ended(this.run));
  /** Milliseconds since the run began, up to its end. */
  readonly elapsed = $derived(this.measure());
  readonly rate = $derived(this.speed());
  readonly empty = $derived(!this.html && this.blocks.length === 0 && !this.tail.trim());

  private timer: ReturnType<typeof setTimeout> | undefined;
  private shownAt = 0;
  private readonly answer = new ByteText();
  private readonly thoughts = new ByteText();
  /** How far the deltas have told that the answer reaches. */
  private seenBlocks = 0;
  private seenEnd = 0;
  private seenTokens = 0;
  private fetching: Promise<void> | undefined;
  private sampled: { at: number; tokens: number } | undefined;

  constructor(
    private readonly api: Pick<Api, 'runs'>,
    run: Run,
    private readonly now: () => number = Date.now,
    private readonly pause = batchMillis,
  ) {
    this.run = run;
    this.tokens = run.answerTokens;
    this.clock = now();
  }

  /** Fetches what is there so far, or, of a run that has ended, all of it. */
  load = async (): Promise<void> => {
    if (!this.ended) await this.fetch();
    if (this.ended) await this.loadDetail();
    this.loaded = true;
  };

  /** Fetches again what is there, after events were lost. */
  reload = async (): Promise<void> => {
    this.seenEnd = 0;
    this.seenBlocks = 0;
    await this.load();
  };

  /** Lets the elapsed time move on. */
  beat = (): void => {
    this.clock = this.now();
  };

  apply(event: Event): void {
    if (event.run?.id === this.run.id) this.update(event.run);
    if (event.delta?.runId === this.run.id) this.take(event.delta);
  }

  /** Takes a newer value of the run, from an event or as the answer of a call. */
  update(run: Run): void {
    const before = this.run;
    if (outdated(before, run)) return;
    if (ended(run)) this.publish(); // it stays in view until the final rendering is here
    this.run = run;
    this.tokens = Math.max(this.tokens, run.answerTokens);
    if (before.state === 'queued' && run.state === 'running') this.said = 'The model has started.';
    if (ended(before) || !ended(run)) return;
    this.said = endings[run.state] ?? '';
    void this.loadDetail();
  }

  private take(delta: Delta): void {
    if (this.ended) return;
    this.seenTokens = Math.max(this.seenTokens, delta.tokens);
    if (delta.thinking) this.think(delta);
    else this.write(delta);
    this.show();
  }

  private think({ offset, text }: Delta): void {
    // A lost piece of thinking is not worth waiting for: the whole comes with the end.
    if (!this.thoughts.add(offset, text)) this.thoughts.reset(offset, this.thoughts.text + text);
  }

  private write({ offset, text, blocks }: Delta): void {
    const whole = this.answer.add(offset, text);
    this.seenEnd = Math.max(this.seenEnd, offset + byteLength(text));
    this.seenBlocks = Math.max(this.seenBlocks, blocks);
    if (!whole || this.seenBlocks > this.blocks.length) void this.fetch();
  }

  /** Shows what has come, at once or with the next batch. */
  private show(): void {
    if (this.timer !== undefined) return;
    const wait = this.shownAt + this.pause - this.now();
    if (wait <= 0) this.publish();
    else this.timer = setTimeout(() => this.publish(), wait);
  }

  private publish(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.ended) return;
    this.shownAt = this.now();
    this.tokens = Math.max(this.tokens, this.seenTokens);
    this.sample();
    this.thinking = this.thoughts.text;
    this.tail = this.answer.text;
  }

  /** One request at a time; what deltas tell meanwhile is fetched after it. */
  private fetch(): Promise<void> {
    this.fetching ??= this.fetchAll().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async fetchAll(): Promise<void> {
    for (;;) {
      const have = this.blocks.length;
      const end = this.answer.end;
      try {
        this.place(await this.api.runs.blocks(this.run.id, have));
        this.error = undefined;
      } catch (cause) {
        this.error = toApiError(cause);
        return;
      }
      const behind = this.blocks.length < this.seenBlocks || this.answer.end < this.seenEnd;
      const moved = this.blocks.length > have || this.answer.end > end;
      if (this.ended || !behind || !moved) return;
    }
  }

  private place(got: RunBlocks): void {
    if (this.ended) return;
    if (ended(got.run)) {
      this.update(got.run);
      return;
    }
    if (got.thinking) this.thoughts.reset(0, got.thinking);
    const fresh = got.blocks.slice(Math.max(0, this.blocks.length - got.from));
    if (fresh.length > 0) {
      this.blocks = [...this.blocks, ...fresh];
      this.tell(fresh);
    }
    this.answer.reset(got.end, got.tail);
    this.publish();
  }

  /** The final rendering takes the place of what has streamed. */
  private finish(run: Run, html: string): void {
    this.run = run;
    this.tokens = run.answerTokens || this.tokens;
    this.html = html;
    this.blocks = [];
    this.tail = '';
  }

  private tell(blocks: RunBlock[]): void {
    for (const block of blocks) {
      const heading = headingOf(block.html);
      if (heading) this.said = this.heading = heading;
    }
  }

  private async loadDetail(): Promise<void> {
    try {
      const detail = await this.api.runs.show(this.run.id);
      this.detail = detail;
      this.thinking = detail.thinking;
      this.finish(detail.run, detail.html);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  }

  private measure(): number {
    const from = time(this.run.startedAt) || time(this.run.createdAt);
    const to = this.ended ? time(this.run.endedAt) : this.clock;
    return from && to > from ? to - from : 0;
  }

  private speed(): number {
    if (this.ended) return this.run.answerMillis > 0 ? this.run.answerTokens / (this.run.answerMillis / 1000) : 0;
    const last = this.rates.slice(-6);
    return last.length > 0 ? last.reduce((sum, rate) => sum + rate, 0) / last.length : 0;
  }

  private sample(): void {
    const at = this.now();
    if (!this.sampled) this.sampled = { at, tokens: this.tokens };
    const passed = at - this.sampled.at;
    if (passed < sampleMillis) return;
    const rate = ((this.tokens - this.sampled.tokens) * 1000) / passed;
    this.rates = [...this.rates, rate].slice(-samples);
    this.sampled = { at, tokens: this.tokens };
  }
}

const endings: Record<string, string> = {
  succeeded: 'The answer is complete.',
  failed: 'The run failed.',
  canceled: 'The run was stopped. The text is kept.',
  interrupted: 'The run was interrupted. The text is kept.',
};

/** Milliseconds of a time of the backend; 0 for its zero time. */
export function time(at: string): number {
  const millis = Date.parse(at);
  return Number.isNaN(millis) || millis < 0 ? 0 : millis;
}

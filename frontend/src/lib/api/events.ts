import type { Line } from './shim';
import type { Event, EventBatch } from './types';

export type Listener = (event: Event) => void;
type Unsubscribe = () => void;

/** Where events come from: the bridge of the window or of the browser. */
export interface EventSourceLike {
  /** Calls back with every event. */
  subscribe(listener: Listener): Unsubscribe;
  /** Calls back when the line is lost and when it is there again. */
  connection(listener: (line: Line) => void): Unsubscribe;
}

type Since = (epoch: string, seq: number) => Promise<EventBatch>;

/**
 * Hands on events in order and without gaps. When one is missing, or the
 * backend has restarted, it asks for what happened since; when that cannot be
 * told, it asks its listeners to fetch everything again.
 */
export class EventStream {
  private epoch = '';
  private seq = 0;
  private waiting: Event[] = [];
  private recovering: Promise<void> | undefined;
  private readonly listeners = new Set<Listener>();
  private readonly resyncs = new Set<() => void>();
  private readonly stops: Unsubscribe[] = [];

  constructor(
    private readonly source: EventSourceLike,
    private readonly since: Since,
  ) {}

  /** Begins to listen. What is loaded after it has settled misses no event. */
  async start(): Promise<void> {
    this.stops.push(this.source.subscribe((event) => this.take(event)));
    this.stops.push(this.source.connection((line) => line === 'up' && void this.recover()));
    await this.recover(true);
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  subscribe(listener: Listener): Unsubscribe {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The callback has to fetch everything it shows again. */
  onResync(callback: () => void): Unsubscribe {
    this.resyncs.add(callback);
    return () => this.resyncs.delete(callback);
  }

  private take(event: Event): void {
    if (this.recovering) {
      this.waiting.push(event);
      return;
    }
    if (event.epoch === this.epoch && event.seq <= this.seq) return; // seen
    if (event.epoch === this.epoch && event.seq === this.seq + 1) {
      this.deliver(event);
      return;
    }
    this.waiting.push(event);
    void this.recover();
  }

  private recover(quiet = false): Promise<void> {
    this.recovering ??= this.ask(quiet).finally(() => {
      this.recovering = undefined;
    });
    return this.recovering;
  }

  private async ask(quiet: boolean): Promise<void> {
    let batch: EventBatch;
    try {
      batch = await this.since(this.epoch, this.seq);
    } catch {
      // The gap stays; the next event, or the line coming back, asks again.
      this.waiting = [];
      return;
    }
    if (batch.resync || batch.epoch !== this.epoch) {
      this.epoch = batch.epoch;
      this.seq = batch.seq;
      if (!quiet) this.resyncs.forEach((callback) => callback());
    } else {
      batch.events.forEach((event) => this.next(event));
    }
    const waiting = this.waiting;
    this.waiting = [];
    waiting.forEach((event) => this.next(event));
  }

  /** Delivers what follows and drops the rest: seen before, or told by a resync. */
  private next(event: Event): void {
    if (event.epoch === this.epoch && event.seq === this.seq + 1) this.deliver(event);
  }

  private deliver(event: Event): void {
    this.seq = event.seq;
    this.listeners.forEach((listener) => listener(event));
  }
}

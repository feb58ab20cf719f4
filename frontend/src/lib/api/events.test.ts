import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EventStream, type Listener } from './events';
import type { Line } from './shim';
import type { Event, EventBatch } from './types';

const event = (seq: number, epoch = 'a'): Event => ({ epoch, seq, projectId: 'p' });

/** A source whose events the test sends, and a backend whose answers it sets. */
function setUp() {
  let send: Listener = () => undefined;
  let line: (now: Line) => void = () => undefined;
  const since = vi.fn<(epoch: string, seq: number) => Promise<EventBatch>>();
  const stream = new EventStream(
    {
      subscribe: (listener) => {
        send = listener;
        return () => (send = () => undefined);
      },
      connection: (listener) => {
        line = listener;
        return () => undefined;
      },
    },
    since,
  );
  const got: string[] = [];
  const resync = vi.fn();
  stream.subscribe((one) => got.push(`${one.epoch}${one.seq}`));
  stream.onResync(resync);
  return { stream, since, got, resync, send: (one: Event) => send(one), line: (now: Line) => line(now) };
}

const at = (epoch: string, seq: number): EventBatch => ({ epoch, seq, resync: true, events: [] });
const missed = (seq: number, ...events: Event[]): EventBatch => ({ epoch: 'a', seq, resync: false, events });
const settle = (): Promise<void> => vi.waitFor(() => Promise.resolve());

describe('EventStream', () => {
  let t: ReturnType<typeof setUp>;
  beforeEach(async () => {
    t = setUp();
    t.since.mockResolvedValueOnce(at('a', 4));
    await t.stream.start();
  });

  it('begins where the backend is, without asking anybody to load twice', () => {
    expect(t.since).toHaveBeenCalledWith('', 0);
    expect(t.resync).not.toHaveBeenCalled();
  });

  it('hands on events in order', () => {
    t.send(event(5));
    t.send(event(6));
    expect(t.got).toEqual(['a5', 'a6']);
  });

  it('drops what it has seen', () => {
    t.send(event(5));
    t.send(event(5));
    t.send(event(3));
    expect(t.got).toEqual(['a5']);
    expect(t.since).toHaveBeenCalledTimes(1);
  });

  it('fetches what is missing and keeps the order', async () => {
    t.since.mockResolvedValueOnce(missed(7, event(5), event(6), event(7)));
    t.send(event(7));
    t.send(event(8));
    await settle();
    expect(t.since).toHaveBeenLastCalledWith('a', 4);
    expect(t.got).toEqual(['a5', 'a6', 'a7', 'a8']);
    expect(t.resync).not.toHaveBeenCalled();
  });

  it('asks once for a gap, however many events come meanwhile', async () => {
    t.since.mockResolvedValueOnce(missed(9, event(5), event(6), event(7), event(8), event(9)));
    [7, 8, 9].forEach((seq) => t.send(event(seq)));
    await settle();
    expect(t.since).toHaveBeenCalledTimes(2);
    expect(t.got).toEqual(['a5', 'a6', 'a7', 'a8', 'a9']);
  });

  it('has everything fetched again when the gap cannot be told', async () => {
    t.since.mockResolvedValueOnce(at('a', 900));
    t.send(event(900));
    await settle();
    expect(t.resync).toHaveBeenCalledTimes(1);
    t.send(event(901));
    expect(t.got).toEqual(['a901']);
  });

  it('has everything fetched again after a restart of the backend', async () => {
    t.since.mockResolvedValueOnce(at('b', 2));
    t.send(event(1, 'b'));
    t.send(event(3, 'b'));
    await settle();
    expect(t.resync).toHaveBeenCalledTimes(1);
    expect(t.got).toEqual(['b3']);
  });

  it('asks again with the next event when asking failed', async () => {
    t.since.mockRejectedValueOnce(new Error('no'));
    t.send(event(6));
    await settle();
    expect(t.got).toEqual([]);
    t.since.mockResolvedValueOnce(missed(7, event(5), event(6), event(7)));
    t.send(event(7));
    await settle();
    expect(t.got).toEqual(['a5', 'a6', 'a7']);
  });

  it('asks what happened when the line is there again', async () => {
    t.since.mockResolvedValueOnce(missed(5, event(5)));
    t.line('lost');
    t.line('up');
    await settle();
    expect(t.got).toEqual(['a5']);
  });

  it('is silent once stopped', () => {
    t.stream.stop();
    t.send(event(5));
    expect(t.got).toEqual([]);
  });
});

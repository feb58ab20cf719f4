import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Runs from '../../../wailsjs/go/api/Runs';
import { EventsOn } from '../../../wailsjs/runtime/runtime';
import { connectionName, eventName, hasBridge, installShim } from './shim';

class FakeSource {
  static readonly CLOSED = 2;
  static last: FakeSource;
  readyState = 1;
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onerror?: () => void;
  constructor(readonly url: string) {
    FakeSource.last = this;
  }
}

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('fetch', fetched);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  fetched.mockReset();
  for (const name of ['go', 'runtime']) Reflect.deleteProperty(globalThis, name);
});

describe('shim', () => {
  it('is there once installed', () => {
    expect(hasBridge()).toBe(false);
    installShim();
    expect(hasBridge()).toBe(true);
  });

  it('makes a bound method a POST of its arguments', async () => {
    installShim();
    fetched.mockResolvedValueOnce(new Response('{"result":{"id":"r1"}}'));
    expect(await Runs.Start('p', 'spec', '')).toEqual({ id: 'r1' });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('/rpc/Runs/Start');
    expect(init?.method).toBe('POST');
    expect(init?.body).toBe('["p","spec",""]');
  });

  it('rejects with the error of the backend', async () => {
    installShim();
    fetched.mockResolvedValueOnce(new Response('{"code":"closed","message":"The gate is closed."}', { status: 409 }));
    await expect(Runs.Start('p', 'plan', '')).rejects.toMatchObject({ code: 'closed', message: 'The gate is closed.' });
  });

  it('rejects when nobody answers', async () => {
    installShim();
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await expect(Runs.Cancel('r1')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('emits what the server sends', () => {
    installShim();
    const got = vi.fn();
    const stop = EventsOn(eventName, got);
    FakeSource.last.onmessage?.({ data: '{"epoch":"a","seq":1,"projectId":""}' });
    stop();
    FakeSource.last.onmessage?.({ data: '{"epoch":"a","seq":2,"projectId":""}' });
    expect(got.mock.calls).toEqual([[{ epoch: 'a', seq: 1, projectId: '' }]]);
  });

  it('tells when the line is there, lost and back, once each', () => {
    installShim();
    const line = vi.fn();
    EventsOn(connectionName, line);
    const source = FakeSource.last;
    source.onopen?.();
    source.onerror?.();
    source.onerror?.();
    source.onopen?.();
    expect(line.mock.calls).toEqual([['up'], ['lost'], ['up']]);
  });

  it('tells when the server does not know the page any more', async () => {
    installShim();
    fetched.mockResolvedValueOnce(new Response('', { status: 401 }));
    const line = vi.fn();
    EventsOn(connectionName, line);
    FakeSource.last.readyState = FakeSource.CLOSED;
    FakeSource.last.onerror?.();
    await vi.waitFor(() => expect(line.mock.calls).toEqual([['lost'], ['refused']]));
  });

  it('opens the line again after the browser has given it up', () => {
    vi.useFakeTimers();
    installShim();
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    const source = FakeSource.last;
    source.readyState = FakeSource.CLOSED;
    source.onerror?.();
    vi.advanceTimersByTime(3000);
    expect(FakeSource.last).not.toBe(source);
  });
});

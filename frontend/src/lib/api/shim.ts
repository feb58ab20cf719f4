// Stands in for the window's bridge in a browser: bound methods become
// POST /rpc/{Struct}/{Method}, events come by server-sent events.
import { fromResponse, toApiError, unreachable } from './error';

type Callback = (...data: unknown[]) => void;
type Method = (...args: unknown[]) => Promise<unknown>;

interface Bridge {
  go?: { api: Record<string, Record<string, Method>>; desktop?: Record<string, Record<string, Method>> };
  runtime?: Record<string, unknown>;
}

export const eventName = 'plumbline';
/** What became of the line to the server. Refused: it answers, but does not know this page any more. */
export type Line = 'up' | 'lost' | 'refused';
/** Emitted by the shim alone, with a Line, whenever it changes. */
export const connectionName = 'plumbline:connection';

/** Reports whether the page runs in the window, whose bridge is there before any script. */
export function hasBridge(): boolean {
  return (globalThis as Bridge).go !== undefined;
}

/** Reports whether the dialogs of the system can be asked for. The window alone has them. */
export function hasDialogs(): boolean {
  return (globalThis as Bridge).go?.desktop !== undefined;
}

/** Installs the bridge of the browser. Call it before any bound method is called. Without `live` no events come. */
export function installShim(live = true): void {
  const target = globalThis as Bridge;
  const emitter = new Emitter();
  target.go = { api: boundStructs() };
  target.runtime = runtime(emitter);
  if (live) listen(emitter);
}

function boundStructs(): Record<string, Record<string, Method>> {
  return new Proxy({} as Record<string, Record<string, Method>>, {
    get: (_, struct) =>
      new Proxy({} as Record<string, Method>, {
        get:
          (_methods, method) =>
          (...args: unknown[]) =>
            call(String(struct), String(method), args),
      }),
  });
}

async function call(struct: string, method: string, args: unknown[]): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`/rpc/${struct}/${method}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(args),
    });
    text = await response.text();
  } catch {
    throw unreachable();
  }
  if (!response.ok) throw fromResponse(response.status, text);
  return (JSON.parse(text) as { result: unknown }).result;
}

class Emitter {
  private readonly callbacks = new Map<string, Set<Callback>>();

  on(name: string, callback: Callback, times = -1): () => void {
    const entry: Callback = (...data) => {
      if (times > 0 && --times === 0) set.delete(entry);
      callback(...data);
    };
    const set = this.callbacks.get(name) ?? new Set();
    this.callbacks.set(name, set.add(entry));
    return () => set.delete(entry);
  }

  off(...names: string[]): void {
    names.forEach((name) => this.callbacks.delete(name));
  }

  emit(name: string, ...data: unknown[]): void {
    [...(this.callbacks.get(name) ?? [])].forEach((callback) => callback(...data));
  }
}

function runtime(emitter: Emitter): Record<string, unknown> {
  return {
    EventsOnMultiple: (name: string, callback: Callback, times: number) => emitter.on(name, callback, times),
    EventsOn: (name: string, callback: Callback) => emitter.on(name, callback),
    EventsOff: (...names: string[]) => emitter.off(...names),
    EventsEmit: (name: string, ...data: unknown[]) => emitter.emit(name, ...data),
    BrowserOpenURL: (url: string) => {
      window.open(url, '_blank', 'noopener,noreferrer');
    },
    ClipboardSetText: async (text: string) => {
      await navigator.clipboard.writeText(text);
      return true;
    },
    ClipboardGetText: () => navigator.clipboard.readText(),
    WindowSetTitle: (title: string) => {
      document.title = title;
    },
  };
}

/** EventSource reconnects by itself and sends the last id; it gives up only when it is refused. */
function listen(emitter: Emitter): void {
  let line: Line | undefined; // the first opening counts: something may have happened before it
  const tell = (now: Line): void => {
    if (now !== line) emitter.emit(connectionName, now);
    line = now;
  };
  const open = (): void => {
    const source = new EventSource('/events');
    source.onopen = () => tell('up');
    source.onmessage = (message: MessageEvent<string>) => emitter.emit(eventName, JSON.parse(message.data));
    source.onerror = () => {
      tell('lost');
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, 3000);
      void call('App', 'Info', []).catch((cause: unknown) => {
        if (toApiError(cause).code === 'unauthorized') tell('refused');
      });
    };
  };
  open();
}

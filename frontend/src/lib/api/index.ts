// The one way to the backend. Only this folder imports the generated bindings.
import { EventsOn } from '../../../wailsjs/runtime/runtime';
import { client } from './client';
import { EventStream, type Listener } from './events';
import { connectionName, eventName, type Line } from './shim';

export type { Api } from './client';
export { desk, type Desk } from './desk';
export type { Picked } from './files';
export { ApiError, toApiError, type Code } from './error';
export { EventStream, type Listener } from './events';
export { hasBridge, installShim, type Line } from './shim';
export type * from './types';

export const api = client;

/** Makes the stream of the backend's events. Start it before loading anything. */
export function openEvents(): EventStream {
  return new EventStream(
    {
      subscribe: (listener: Listener) => EventsOn(eventName, listener),
      connection: (listener: (line: Line) => void) => EventsOn(connectionName, listener),
    },
    client.events.since,
  );
}

/** Calls back when the line to the backend is lost and when it is there again. Only in a browser. */
export function onConnection(listener: (line: Line) => void): () => void {
  return EventsOn(connectionName, listener);
}

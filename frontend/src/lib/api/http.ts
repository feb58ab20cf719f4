import { ApiError, fromResponse, unreachable } from './error';

export type Query = Record<string, string | number | undefined>;
type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** The limit of the backend for one body, in bytes. */
const bodyLimit = 16 << 20;

/** The limit of the backend for one file, in bytes. */
const fileLimit = 2 * 2 ** 30;

/** Calls a /data route. Texts of any size go this way; see the backend's routes. */
export async function data<T>(method: Method, path: string, query: Query = {}, body?: unknown): Promise<T> {
  const init: RequestInit = { method, headers: { Accept: 'application/json' } };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    if (init.body.length > bodyLimit) {
      throw new ApiError('limit', 'The text is larger than 16 MB.', 'Shorten it, or split it.');
    }
  }
  return request<T>(`/data/${path}${search(query)}`, init);
}

/** Fetches JSON; every failure is an ApiError. */
export async function request<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, init);
    text = await response.text();
  } catch {
    throw unreachable();
  }
  if (!response.ok) throw fromResponse(response.status, text);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError('internal', 'Plumbline sent something that cannot be read.', 'Try again.');
  }
}

/** Fetches a file. */
export async function download(path: string): Promise<Blob> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`/data/${path}`);
    if (response.ok) return await response.blob();
    text = await response.text();
  } catch {
    throw unreachable();
  }
  throw fromResponse(response.status, text);
}

/** Sends a file as it is. */
export async function upload<T>(path: string, query: Query, file: Blob): Promise<T> {
  if (file.size > fileLimit) {
    throw new ApiError('limit', 'The file is larger than 2 GB.', 'Import it in a terminal, which has no limit: “plumbline import FILE”.');
  }
  const headers = { Accept: 'application/json', 'Content-Type': 'application/zip' };
  return request<T>(`/data/${path}${search(query)}`, { method: 'POST', headers, body: file });
}

/**
 * Reads an answer that comes line by line, each a JSON value, and hands every one
 * on as it comes. Aborting the signal ends it; every failure is an ApiError.
 */
export async function lines<T>(path: string, query: Query, signal: AbortSignal, take: (value: T) => void): Promise<void> {
  try {
    const response = await fetch(`/data/${path}${search(query)}`, { headers: { Accept: 'application/x-ndjson' }, signal });
    if (!response.ok || !response.body) throw fromResponse(response.status, await response.text());
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      const parts = (rest + (value ?? '')).split('\n');
      rest = done ? '' : (parts.pop() ?? '');
      for (const part of parts) if (part) take(JSON.parse(part) as T);
      if (done) return;
    }
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    if (signal.aborted) throw new ApiError('canceled', 'Stopped.');
    throw unreachable();
  }
}

/** Path segments are encoded; ids come from the backend, yet they never change the route. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}

function search(query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return text && `?${text}`;
}

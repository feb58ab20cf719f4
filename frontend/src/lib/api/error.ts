export type Code =
  | 'invalid'
  | 'not_found'
  | 'conflict'
  | 'closed'
  | 'unavailable'
  | 'unauthorized'
  | 'limit'
  | 'canceled'
  | 'internal';

const codes: ReadonlySet<string> = new Set<Code>([
  'invalid',
  'not_found',
  'conflict',
  'closed',
  'unavailable',
  'unauthorized',
  'limit',
  'canceled',
  'internal',
]);

/** An error for a person: what happened, and the way out. */
export class ApiError extends Error {
  constructor(
    readonly code: Code,
    message: string,
    readonly hint = '',
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/**
 * Turns whatever a call was rejected with into an ApiError. Bound methods
 * reject with the JSON of the backend's error as text, wrapped in an Error.
 */
export function toApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  if (cause instanceof DOMException && cause.name === 'AbortError') {
    return new ApiError('canceled', 'Canceled.');
  }
  const text = cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : '';
  return fromJson(text) ?? new ApiError('internal', text || 'Something went wrong inside Plumbline.');
}

/** Reads the body of an error response; its status decides when the body says nothing. */
export function fromResponse(status: number, body: string): ApiError {
  const known = fromJson(body);
  if (known) return known;
  if (status === 401 || status === 403) {
    return new ApiError(
      'unauthorized',
      'This page is not signed in to Plumbline.',
      'Open the address that “plumbline serve” printed.',
    );
  }
  return new ApiError('internal', `Plumbline answered with status ${status}.`, 'Try again.');
}

/** The error of a request that got no answer at all. */
export function unreachable(): ApiError {
  return new ApiError('unavailable', 'Plumbline does not answer.', 'Check that it is still running, then try again.');
}

function fromJson(text: string): ApiError | undefined {
  if (!text.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, message, hint } = value as Record<string, unknown>;
  if (typeof message !== 'string' || typeof code !== 'string') return undefined;
  return new ApiError(codes.has(code) ? (code as Code) : 'internal', message, typeof hint === 'string' ? hint : '');
}

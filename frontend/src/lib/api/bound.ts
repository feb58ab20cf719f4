import { toApiError } from './error';

/** Lets a bound method be called so that it rejects with an ApiError. */
export function bound<A extends unknown[], T>(method: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  return async (...args) => {
    try {
      return await method(...args);
    } catch (cause) {
      throw toApiError(cause);
    }
  };
}

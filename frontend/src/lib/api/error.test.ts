import { describe, expect, it } from 'vitest';
import { ApiError, fromResponse, toApiError } from './error';

const text = '{"code":"unavailable","message":"Ollama does not answer.","hint":"Start it."}';

describe('toApiError', () => {
  it('reads the JSON that a bound method rejects with, wrapped in an Error', () => {
    const error = toApiError(new Error(text));
    expect(error).toMatchObject({ code: 'unavailable', message: 'Ollama does not answer.', hint: 'Start it.' });
  });

  it('reads the JSON as a bare string, too', () => {
    expect(toApiError(text).code).toBe('unavailable');
  });

  it('keeps an ApiError as it is', () => {
    const error = new ApiError('limit', 'Too long.');
    expect(toApiError(error)).toBe(error);
  });

  it('shows other text as an internal error', () => {
    expect(toApiError(new Error('no such method'))).toMatchObject({ code: 'internal', message: 'no such method', hint: '' });
  });

  it('says something when there is nothing to say', () => {
    expect(toApiError(undefined).message).not.toBe('');
  });

  it('takes an unknown code for an internal one', () => {
    expect(toApiError('{"code":"teapot","message":"Hm."}')).toMatchObject({ code: 'internal', message: 'Hm.' });
  });

  it('does not take broken or foreign JSON for an error of the backend', () => {
    expect(toApiError('{"code":').code).toBe('internal');
    expect(toApiError('{"message":4}').message).toBe('{"message":4}');
  });
});

describe('fromResponse', () => {
  it('prefers the body', () => {
    expect(fromResponse(503, text).message).toBe('Ollama does not answer.');
  });

  it('explains a refused session', () => {
    expect(fromResponse(401, 'Unauthorized')).toMatchObject({ code: 'unauthorized' });
  });

  it('names the status of anything else', () => {
    expect(fromResponse(502, '<html>').message).toContain('502');
  });
});

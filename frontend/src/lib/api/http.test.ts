import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from './error';
import { data, download, lines, upload } from './http';

function answer(status: number, body: string) {
  const fetched = vi.fn(async (_url: string, _init?: RequestInit) => new Response(body, { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

describe('data', () => {
  it('asks with the query and leaves out what is not set', async () => {
    const fetched = answer(200, '{"ok":true}');
    await data('GET', 'projects/p/document', { path: 'audits/security 01.md', version: undefined });
    expect(fetched.mock.calls[0]?.[0]).toBe('/data/projects/p/document?path=audits%2Fsecurity+01.md');
  });

  it('keeps a version of 0 in the query', async () => {
    const fetched = answer(200, '{}');
    await data('GET', 'x', { from: 0 });
    expect(fetched.mock.calls[0]?.[0]).toBe('/data/x?from=0');
  });

  it('sends a body as JSON', async () => {
    const fetched = answer(200, '{}');
    await data('POST', 'projects', {}, { name: 'Tidewatch' });
    const init = fetched.mock.calls[0]?.[1];
    expect(init?.body).toBe('{"name":"Tidewatch"}');
    expect(new Headers(init?.headers).get('Content-Type')).toBe('application/json');
  });

  it('rejects with the error of the backend', async () => {
    answer(409, '{"code":"conflict","message":"It changed in between."}');
    await expect(data('PUT', 'x', {}, {})).rejects.toMatchObject({ code: 'conflict', message: 'It changed in between.' });
  });

  it('says that nobody answers', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch');
    });
    await expect(data('GET', 'x')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not send a body over the limit', async () => {
    const fetched = answer(200, '{}');
    await expect(data('POST', 'x', {}, 'a'.repeat((16 << 20) + 1))).rejects.toMatchObject({ code: 'limit' });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('does not take a page for data', async () => {
    answer(200, '<!doctype html>');
    await expect(data('GET', 'x')).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('lines', () => {
  /** An answer that comes in these pieces. */
  function streamed(...pieces: (string | Uint8Array)[]) {
    const bytes = pieces.map((piece) => (typeof piece === 'string' ? new TextEncoder().encode(piece) : piece));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        bytes.forEach((piece) => controller.enqueue(piece));
        controller.close();
      },
    });
    vi.stubGlobal('fetch', async () => new Response(body));
  }

  const read = async (signal = new AbortController().signal): Promise<unknown[]> => {
    const taken: unknown[] = [];
    await lines('x', { words: 'a b' }, signal, (value) => taken.push(value));
    return taken;
  };

  it('takes lines however they are cut', async () => {
    const e = new TextEncoder().encode('{"text":"é"}\n');
    streamed('{"n":1}\n{"n"', ':2}\n', e.slice(0, 10), e.slice(10), '{"last":true}');
    expect(await read()).toEqual([{ n: 1 }, { n: 2 }, { text: 'é' }, { last: true }]);
  });

  it('rejects with the error of the backend', async () => {
    answer(400, '{"code":"invalid","message":"There is nothing to search for."}');
    await expect(read()).rejects.toMatchObject({ code: 'invalid' });
  });

  it('tells a stop from a line that is lost', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('gone')));
    await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
    const stopped = new AbortController();
    stopped.abort();
    await expect(read(stopped.signal)).rejects.toMatchObject({ code: 'canceled' });
  });

  it('hands on an error that the taker throws', async () => {
    streamed('{"n":1}\n');
    const refuse = () => lines('x', {}, new AbortController().signal, () => {
      throw new ApiError('limit', 'Too much.');
    });
    await expect(refuse()).rejects.toMatchObject({ code: 'limit' });
  });
});

describe('files', () => {
  it('are sent as they are, with their name', async () => {
    const fetched = answer(200, '{"id":"p1"}');
    const file = new Blob(['zip']);
    expect(await upload('import', { file: 'tide table.zip', name: '' }, file)).toEqual({ id: 'p1' });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('/data/import?file=tide+table.zip');
    expect(init?.body).toBe(file);
    expect(new Headers(init?.headers).get('Content-Type')).toBe('application/zip');
  });

  it('over the limit are not sent', async () => {
    const fetched = answer(200, '{}');
    const large = Object.defineProperty(new Blob(['zip']), 'size', { value: 2 ** 31 + 1 });
    await expect(upload('import', {}, large)).rejects.toMatchObject({ code: 'limit' });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('are fetched whole, or reject with the error of the backend', async () => {
    answer(200, 'zip');
    expect(await (await download('projects/p/export')).text()).toBe('zip');
    answer(404, '{"code":"not_found","message":"There is no project “p”."}');
    await expect(download('projects/p/export')).rejects.toMatchObject({ code: 'not_found' });
  });
});

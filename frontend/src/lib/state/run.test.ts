import { describe, expect, it, vi } from 'vitest';
import type { Api, RunBlocks, RunDetail } from '../api';
import { ApiError } from '../api';
import { byteLength, ByteText, withByte } from './byte-text';
import { answer, block, blocks, delta, event, noon, run, settled } from './fake-parts';
import { headingOf, RunState } from './run.svelte';

const heading = '# Spec\n\n';
const paragraph = 'Höhe über Datum.\n\n';
const whole = `${heading}${paragraph}The tail`;

/** A backend that has written so much of the text, with so many finished blocks. */
function backend() {
  const all = [block(0, byteLength(heading), '<h1>Spec</h1>'), block(byteLength(heading), byteLength(heading + paragraph), '<p>Höhe über Datum.</p>')];
  const now = { text: '', blocks: 0, run: run('r1'), html: '' };
  const read = vi.fn(async (_id: string, from: number): Promise<RunBlocks> => {
    const end = now.blocks > 0 ? (all[now.blocks - 1]?.end ?? 0) : 0;
    const bytes = new TextEncoder().encode(now.text);
    const tail = new TextDecoder().decode(bytes.subarray(end));
    return blocks({ run: now.run, from, blocks: all.slice(from, now.blocks), end, tail, html: now.html });
  });
  const show = vi.fn(async (): Promise<RunDetail> => detailOf({ ...now, run: now.run }));
  return { now, read, show, api: { runs: { blocks: read, show } } as unknown as Pick<Api, 'runs'> };
}

function detailOf(now: { text: string; html: string; run: RunDetail['run'] }): RunDetail {
  return { run: now.run, candidate: {} as RunDetail['candidate'], prompt: 'p', answer: now.text, thinking: 'Hm.', html: now.html };
}

describe('ByteText', () => {
  it('takes pieces in order, twice and overlapping, by bytes', () => {
    const text = new ByteText();
    expect(text.add(0, 'über ')).toBe(true);
    expect(text.add(0, 'über ')).toBe(true);
    expect(text.add(6, 'Datum')).toBe(true);
    expect(text.add(2, 'ber Datum und')).toBe(true);
    expect(text.text).toBe('über Datum und');
    expect(text.end).toBe(15);
  });

  it('refuses a piece after a gap and keeps what it has', () => {
    const text = new ByteText();
    text.add(0, 'ab');
    expect(text.add(3, 'd')).toBe(false);
    expect(text.text).toBe('ab');
  });

  it('keeps what is known beyond a text that was read earlier', () => {
    const text = new ByteText();
    text.add(0, 'one two three');
    text.reset(4, 'two');
    expect(text.text).toBe('two three');
    text.add(13, ' four');
    expect(text.text).toBe('two three four');
  });

  it('replaces one byte behind characters of several bytes', () => {
    expect(withByte('é [ ] a', 4, 'x')).toBe('é [x] a');
    expect(withByte('ab', 9, 'x')).toBe('ab');
  });
});

describe('RunState', () => {
  it('shows deltas as a tail that grows without asking', async () => {
    const { api, read } = backend();
    const state = new RunState(api, run('r1'), Date.now, 0);
    state.apply(delta(0, 'The '));
    state.apply(delta(4, 'tail'));
    await settled();
    expect(state.tail).toBe('The tail');
    expect(read).not.toHaveBeenCalled();
  });

  it('ignores deltas of other runs and repeated ones', () => {
    const state = new RunState(backend().api, run('r1'), Date.now, 0);
    state.apply(delta(0, 'The '));
    state.apply(delta(0, 'The '));
    state.apply(delta(0, 'Other', { runId: 'r2' }));
    expect(state.tail).toBe('The ');
  });

  it('fetches finished blocks once each and appends them', async () => {
    const { api, now, read } = backend();
    const state = new RunState(api, run('r1'), Date.now, 0);
    Object.assign(now, { text: heading, blocks: 1 });
    state.apply(delta(0, heading, { blocks: 1, blocksEnd: 8 }));
    await settled();
    const first = state.blocks[0];
    Object.assign(now, { text: whole, blocks: 2 });
    state.apply(delta(byteLength(heading), `${paragraph}The tail`, { blocks: 2 }));
    await settled();
    expect(read.mock.calls.map(([, from]) => from)).toEqual([0, 1]);
    expect(state.blocks.map((one) => one.html)).toEqual(['<h1>Spec</h1>', '<p>Höhe über Datum.</p>']);
    expect(state.blocks[0]).toBe(first);
    expect(state.tail).toBe('The tail');
  });

  it('fetches the text when a delta was lost, and goes on from there', async () => {
    const { api, now, read } = backend();
    const state = new RunState(api, run('r1'), Date.now, 0);
    state.apply(delta(0, 'The '));
    now.text = 'The tail goes';
    state.apply(delta(9, 'goes'));
    await settled();
    expect(read).toHaveBeenCalledTimes(1);
    expect(state.tail).toBe('The tail goes');
    state.apply(delta(13, ' on'));
    expect(state.tail).toBe('The tail goes on');
  });

  it('puts deltas in any order together', async () => {
    const { api, now } = backend();
    const state = new RunState(api, run('r1'), Date.now, 0);
    now.text = 'one two three';
    for (const [offset, text] of [[8, 'three'], [0, 'one '], [4, 'two ']] as const) state.apply(delta(offset, text));
    await settled();
    expect(state.tail).toBe('one two three');
  });

  it('loses nothing of what arrives while blocks are fetched', async () => {
    const slow = answer<RunBlocks>();
    const next = vi.fn(() => slow.promise);
    const state = new RunState({ runs: { blocks: next } } as unknown as Pick<Api, 'runs'>, run('r1'), Date.now, 0);
    state.apply(delta(0, `${heading}The`, { blocks: 1, blocksEnd: 8 }));
    state.apply(delta(11, ' tail', { blocks: 1, blocksEnd: 8 }));
    slow.give(blocks({ blocks: [block(0, 8, '<h1>Spec</h1>')], end: 8, tail: 'The' }));
    await settled();
    expect(state.blocks).toHaveLength(1);
    expect(state.tail).toBe('The tail');
    expect(next).toHaveBeenCalledTimes(1);
  });

  it('does not ask for ever when the backend has nothing new', async () => {
    const { api, now, read } = backend();
    const state = new RunState(api, run('r1'), Date.now, 0);
    now.text = 'The';
    state.apply(delta(20, 'far ahead', { blocks: 5 }));
    await settled();
    expect(read.mock.calls.length).toBeLessThan(4);
    expect(state.tail).toBe('The');
  });

  it('replaces everything by the final rendering when the run has ended', async () => {
    const { api, now, show } = backend();
    const state = new RunState(api, run('r1'), Date.now, 0);
    state.apply(delta(0, whole));
    Object.assign(now, { text: whole, html: '<h1>Spec</h1><p>All</p>', run: run('r1', { state: 'succeeded', answerTokens: 40 }) });
    state.apply(event({ run: now.run }));
    await settled();
    expect(show).toHaveBeenCalledTimes(1);
    expect(state.html).toBe('<h1>Spec</h1><p>All</p>');
    expect(state.blocks).toEqual([]);
    expect(state.tail).toBe('');
    expect(state.thinking).toBe('Hm.');
    expect(state.said).toBe('The answer is complete.');
  });

  it('keeps the streamed text when the final rendering cannot be fetched', async () => {
    const { api, show } = backend();
    show.mockRejectedValueOnce(new ApiError('unavailable', 'Plumbline does not answer.'));
    const state = new RunState(api, run('r1'), Date.now, 0);
    state.apply(delta(0, 'Kept'));
    state.apply(event({ run: run('r1', { state: 'canceled' }) }));
    await settled();
    expect(state.tail).toBe('Kept');
    expect(state.error?.code).toBe('unavailable');
  });

  it('shows what comes in quick succession in batches of 50 ms', async () => {
    vi.useFakeTimers();
    try {
      const state = new RunState(backend().api, run('r1'));
      const shown: string[] = [];
      for (const [i, letter] of [...'abcdef'].entries()) {
        state.apply(delta(i, letter));
        shown.push(state.tail);
      }
      expect(shown).toEqual(['a', 'a', 'a', 'a', 'a', 'a']);
      await vi.advanceTimersByTimeAsync(50);
      expect(state.tail).toBe('abcdef');
    } finally {
      vi.useRealTimers();
    }
  });

  it('shows all that has come as soon as the run ends', () => {
    const { api, show } = backend();
    show.mockReturnValueOnce(new Promise(() => undefined));
    const state = new RunState(api, run('r1'));
    state.apply(delta(0, 'All '));
    state.apply(delta(4, 'of it'));
    state.apply(event({ run: run('r1', { state: 'succeeded' }) }));
    expect(state.tail).toBe('All of it');
  });

  it('keeps thinking apart from the answer', () => {
    const state = new RunState(backend().api, run('r1'), Date.now, 0);
    state.apply(delta(0, 'First I ', { thinking: true }));
    state.apply(delta(8, 'think.', { thinking: true }));
    state.apply(delta(0, 'Answer'));
    expect(state.thinking).toBe('First I think.');
    expect(state.tail).toBe('Answer');
  });

  it('tells each finished heading once', async () => {
    const { api, now } = backend();
    const state = new RunState(api, run('r1'), Date.now, 0);
    Object.assign(now, { text: heading, blocks: 1 });
    state.apply(delta(0, heading, { blocks: 1 }));
    await settled();
    expect(state.said).toBe('Spec');
    expect(state.heading).toBe('Spec');
  });

  it('measures time and speed by its clock', () => {
    let clock = noon + 1000;
    const state = new RunState(backend().api, run('r1'), () => clock, 0);
    for (let i = 0; i <= 8; i++) {
      state.apply(delta(i, 'x', { tokens: i * 5 }));
      clock += 250;
    }
    state.beat();
    expect(state.elapsed).toBe(2250);
    expect(state.rates).toEqual([20, 20, 20, 20]);
    expect(state.rate).toBe(20);
  });

  it('takes the speed of an ended run from its record', () => {
    const state = new RunState(backend().api, run('r1', { state: 'succeeded', answerTokens: 300, answerMillis: 10000, endedAt: '2026-11-20T12:00:11Z' }));
    expect(state.rate).toBe(30);
    expect(state.elapsed).toBe(10000);
  });
});

it('reads the heading of a block as text', () => {
  expect(headingOf('<h2 id="a">Data &amp; <code>model</code></h2>\n')).toBe('Data & model');
  expect(headingOf('<p>Text</p>')).toBe('');
});

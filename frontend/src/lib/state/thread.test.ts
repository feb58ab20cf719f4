import { describe, expect, it, vi } from 'vitest';
import type { CheckResult } from '../api';
import { ApiError } from '../api';
import { at, run, thread } from './fake-parts';
import { dotsOf, ThreadState, threadWord } from './thread.svelte';

const done = (id: string, seconds: number, kind = 'first') => run(id, { kind, state: 'succeeded', createdAt: at(seconds), endedAt: at(seconds + 10) });
const check = (seconds: number, exit: number): CheckResult => ({ step: '4', command: 'go test', exit, output: '', path: '', version: 1, by: { kind: 'person', name: 'You' }, at: at(seconds) });

describe('dotsOf', () => {
  it('shows the first run, the refinements, and those that are left', () => {
    const running = run('c', { kind: 'refine', state: 'running', createdAt: at(200) });
    const one = thread([done('a', 0), done('b', 100, 'refine'), running]);
    expect(dotsOf(one, [check(20, 1), check(120, 0)])).toEqual(['failed', 'done', 'running', 'to-come']);
    expect(threadWord(one)).toBe('Refinement 2 of 3');
  });

  it('counts a repair with the run before it, and no refinement that broke off', () => {
    const broken = run('c', { kind: 'refine', state: 'failed', createdAt: at(200) });
    expect(dotsOf(thread([run('a', { state: 'failed' }), done('b', 20, 'repair'), broken]))).toEqual(['done', 'to-come', 'to-come', 'to-come']);
  });

  it('goes past the limit when that was overridden', () => {
    const five = [done('a', 0), ...['b', 'c', 'd', 'e'].map((id, i) => done(id, 100 * (i + 1), 'refine'))];
    expect(dotsOf(thread(five))).toHaveLength(5);
  });
});

describe('ThreadState', () => {
  const backend = () => {
    const work = { refine: vi.fn(async () => done('n', 300, 'refine')), restart: vi.fn(), startOver: vi.fn(), threads: vi.fn(async () => [thread([done('a', 0)])]) };
    return { work, state: new ThreadState({ work } as never) };
  };

  it('refines the newest answer, with the reason of an override', async () => {
    const { work, state } = backend();
    await state.load('p1', 'spec');
    await state.refine({ notes: 'The imports are wrong.', reason: '  Only one import is left. ' });
    expect(work.refine).toHaveBeenCalledWith('a', expect.objectContaining({ notes: 'The imports are wrong.', reason: 'Only one import is left.', copy: false }));
  });

  it('cannot go on while a run of it is writing, or once it was started over', async () => {
    const { state } = backend();
    state.thread = thread([done('a', 0), run('b', { kind: 'refine', state: 'running' })]);
    expect(state.why).toBe('A run of it is not complete yet.');
    state.thread = thread([done('a', 0)], { over: true });
    expect([state.open, state.dots]).toEqual([undefined, []]);
  });

  it('starts over only when there is a lesson', async () => {
    const { work, state } = backend();
    await state.load('p1', 'spec');
    expect(await state.startOver()).toBe(false);
    state.thread = thread([done('a', 0), done('l', 50, 'restart')]);
    work.startOver.mockResolvedValue({});
    expect(await state.startOver()).toBe(true);
    expect(work.startOver).toHaveBeenCalledWith('l');
    expect(state.answered?.id).toBe('a');
  });

  it('says when it is refused', async () => {
    const { work, state } = backend();
    await state.load('p1', 'spec');
    work.refine.mockRejectedValueOnce(new ApiError('limit', 'This thread was refined 3 times, and 3 are advised.'));
    expect(await state.refine({})).toBeUndefined();
    expect(state.error?.code).toBe('limit');
    expect(state.busy).toBe('');
  });
});

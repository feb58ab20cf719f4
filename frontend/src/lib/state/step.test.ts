import { describe, expect, it, vi } from 'vitest';
import type { Api, PlanStep, StepDetail } from '../api';
import { ApiError } from '../api';
import { artifact, event, planStep, run, settled, thread, version } from './fake-parts';
import { StepState } from './step.svelte';

const effort = { effort: { projectId: 'p1', phase: 'build', step: '4', seconds: 0, correction: 0, estimate: 0, without: 0, touchedAt: '' }, title: '', worked: 0, runs: 0, promptTokens: 0, answerTokens: 0, modelMillis: 0 };
const detail = (change: Partial<PlanStep> = {}): StepDetail => ({ step: planStep('4', { output: 'steps/04.md', ...change }), text: '', html: '', thread: thread([]), older: [], checks: [], effort });

function backend(first = detail()) {
  const of = (id: string, state: string) => run(id, { phase: 'build', step: '4', state });
  const work = {
    step: vi.fn(async () => first),
    stepPrompt: vi.fn(async () => ({ text: 'Build step 4.' })),
    runStep: vi.fn(async (_p: string, _n: string, order: { copy: boolean }) => of('r2', order.copy ? 'waiting' : 'queued')),
    markStep: vi.fn(async () => first),
  };
  const runs = { list: vi.fn(async () => [of('r1', 'succeeded'), run('other', { phase: 'build', step: '5' })]), show: vi.fn(async () => ({ run: of('r1', 'succeeded'), html: '', thinking: '' })), blocks: vi.fn() };
  const candidates = { review: vi.fn(async (id: string) => ({ candidate: { runId: id, state: 'open', projectId: 'p1', path: 'steps/04.md' }, run: of(id, 'succeeded'), current: version(0), sections: [], moved: false })) };
  const desk = { copy: vi.fn(async () => undefined) };
  const state = new StepState({ work, runs, candidates } as unknown as Api, desk, 'p1', 'build', '4');
  return { work, runs, desk, state };
}

describe('StepState', () => {
  it('shows its own runs, and the answer that waits', async () => {
    const { state } = backend(detail({ candidateId: 'r1' }));
    await state.load();
    expect(state.runs.runs.map((one) => one.id)).toEqual(['r1']);
    expect(state.candidate?.runId).toBe('r1');
  });

  it('copies its prompt and waits for the answer', async () => {
    const { work, desk, state } = backend();
    await state.load();
    expect(await state.copy()).toBe(true);
    expect(work.runStep).toHaveBeenCalledWith('p1', '4', { model: '', copy: true });
    expect(desk.copy).toHaveBeenCalledWith('Build step 4.');
    expect(state.runs.waiting?.id).toBe('r2');
  });

  it.each([
    [{ state: 'blocked', waits: ['2', '3'] }, 'It waits for steps 2, 3.'],
    [{ state: 'done' }, 'Step 4 is done. Open it again first.'],
    [{ state: 'current' }, ''],
  ])('says why it cannot be built: %j', async (change, why) => {
    const { state } = backend(detail(change));
    await state.load();
    expect(state.closed).toBe(why);
  });

  it('is told apart from others by its events', async () => {
    const { work, state } = backend();
    await state.load();
    state.apply(event({ artifact: artifact(2, { path: 'plan.md' }) }));
    state.apply(event({ artifact: artifact(1, { path: 'steps/04.md' }) }));
    state.apply(event({ run: run('x', { phase: 'build', step: '5' }) }));
    state.apply(event({ artifact: artifact(1, { path: 'steps/05.md' }) }));
    await settled();
    expect(work.step).toHaveBeenCalledTimes(3);
  });

  it('is ticked, and says when a reason is refused', async () => {
    const { work, state } = backend();
    await state.load();
    expect(await state.tick()).toBe(true);
    expect(work.markStep).toHaveBeenCalledWith('p1', '4', 'done', '');
    work.markStep.mockRejectedValueOnce(new ApiError('invalid', 'The reason is too short.'));
    expect(await state.skip('No.')).toBe(false);
    expect([state.error?.code, state.busy]).toEqual(['invalid', '']);
  });

  it('knows the newest check, whatever their order', async () => {
    const first = detail();
    const check = (at: string, exit: number) => ({ step: '4', command: 'go test', exit, output: '', path: '', version: 1, by: { kind: 'person', name: '' }, at });
    const { state } = backend({ ...first, checks: [check('2026-11-20T12:00:00Z', 1), check('2026-11-20T13:00:00Z', 0), check('2026-11-20T11:00:00Z', 2)] });
    await state.load();
    expect(state.check?.exit).toBe(0);
  });
});

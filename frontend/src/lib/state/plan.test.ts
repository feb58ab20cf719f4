import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api';
import { answer, artifact, event, plan, planStep, run, settled } from './fake-parts';
import { PlanState } from './plan.svelte';
import type { PlanView } from '../api';

const three = () => {
  const steps = ['1', '2', '3'].map((number) => planStep(number));
  steps.forEach((one, i) => (one.step.milestone = i === 0 ? -1 : 0));
  return plan(steps, { current: 1, milestones: [{ milestone: { number: '', title: 'Offline core', start: 0, end: 0, line: 1 }, settled: 1, total: 2, complete: false, completeAt: '' }] });
};

function backend(first: PlanView = three()) {
  const work = { plan: vi.fn(async () => first) };
  return { work, state: new PlanState({ work } as never, 'p1') };
}

describe('PlanState', () => {
  it('puts the steps under the headings of the plan', async () => {
    const { state } = backend();
    await state.load();
    expect(state.groups.map(({ title, steps, total }) => [title, steps.length, total])).toEqual([['', 1, 0], ['Offline core', 2, 2]]);
  });

  it('begins with the step to do now, and goes from one to the next', async () => {
    const { state } = backend();
    await state.load();
    expect(state.find('')?.step.number).toBe('2');
    expect(state.beside('2', 1)?.step.number).toBe('3');
    expect([state.beside('3', 1), state.find('9')]).toEqual([undefined, undefined]);
  });

  it('follows the document, the answers and the runs of steps', async () => {
    const { work, state } = backend();
    await state.load();
    for (const one of [event({ artifact: artifact(2, { path: 'plan.md' }) }), event({ artifact: artifact(1, { path: 'steps/02.md' }) }), event({ run: run('r', { step: '2' }) })]) {
      state.apply(one);
      await settled();
    }
    expect(work.plan).toHaveBeenCalledTimes(4);
    state.apply(event({ artifact: artifact(3, { path: 'spec.md' }) }));
    state.apply({ ...event({ artifact: artifact(2, { path: 'plan.md' }) }), projectId: 'p2' });
    await settled();
    expect(work.plan).toHaveBeenCalledTimes(4);
  });

  it('loads once more when something changes while it loads', async () => {
    const { work, state } = backend();
    const slow = answer<PlanView>();
    work.plan.mockReturnValueOnce(slow.promise);
    void state.load();
    void state.load();
    void state.load();
    slow.give(plan([]));
    await settled();
    expect([work.plan.mock.calls.length, state.steps.length]).toEqual([2, 3]);
  });

  it('keeps the plan when it cannot be fetched', async () => {
    const { work, state } = backend();
    await state.load();
    work.plan.mockRejectedValueOnce(new ApiError('unavailable', 'Plumbline does not answer.'));
    await state.load();
    expect([state.steps.length, state.error?.code]).toEqual([3, 'unavailable']);
  });
});

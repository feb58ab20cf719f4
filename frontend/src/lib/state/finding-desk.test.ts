import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type Finding } from '../api';
import { finding, ledger, sighting, version } from './fake-parts';
import { FindingDesk } from './finding-desk.svelte';
import { FindingsState } from './findings.svelte';
import type { Toast } from './toasts.svelte';

const enough = 'The tables are replaced each December.';

async function backend(...findings: Finding[]) {
  const act = vi.fn<Api['findings']['act']>(async () => []);
  const split = vi.fn<Api['findings']['split']>(async () => []);
  const list = vi.fn(async () => ({ findings, total: 0, summary: ledger(0).summary }));
  const addSteps = vi.fn<Api['work']['addSteps']>(async () => version(4, { path: 'plan.md' }));
  const head = vi.fn(async () => ({ version: version(4, { path: 'plan.md' }) }));
  const restore = vi.fn(async () => ({ version: version(5, { path: 'plan.md' }), stale: [] }));
  const api = { findings: { ledger: async () => ledger(1), list, act, split }, work: { addSteps }, artifacts: { document: head, restore } } as unknown as Api;
  const hold = new FindingsState(api, 'p1');
  await hold.load();
  const toasts = { show: vi.fn<(message: string, more?: Partial<Toast>) => number>(() => 1), fail: vi.fn() };
  const moveOn = vi.fn();
  const place = { plan: true };
  return { act, split, list, addSteps, head, restore, place, toasts, hold, moveOn, desk: new FindingDesk(hold, toasts, moveOn, () => place.plan) };
}

describe('what is asked', () => {
  it('is a reason where a P0 or a P1 is left, and only offered elsewhere', async () => {
    const { desk } = await backend();
    desk.ask('accept', [finding(1, { severity: 'P1' })]);
    desk.reason = 'Too short.';
    expect([desk.weighty, desk.why]).toEqual([true, 'The reason needs at least 20 characters.']);
    desk.reason = enough;
    expect(desk.why).toBe('');
    desk.ask('accept', [finding(1, { severity: 'P3' })]);
    expect([desk.weighty, desk.why, desk.reason]).toEqual([false, '', '']);
    desk.ask('accept', [finding(1, { severity: 'P3' }), finding(2, { severity: '' })]);
    expect([desk.weighty, desk.names]).toEqual([true, '2 findings']);
  });

  it('is a step or a day to be scheduled for', async () => {
    const { desk, act } = await backend(finding(1));
    desk.ask('schedule', [finding(1)]);
    expect(desk.why).toBe('Say which step of the plan fixes it.');
    desk.step = ' 12 ';
    desk.when = 'date';
    expect(desk.why).toBe('Say until which day it is fixed.');
    desk.when = 'step';
    await desk.do();
    expect(act).toHaveBeenCalledWith('p1', expect.objectContaining({ verb: 'schedule', ids: ['f1'], step: '12', date: '' }));
    expect(desk.verb).toBeUndefined();
  });

  it('is a commit or a sentence for what was fixed', async () => {
    const { desk } = await backend();
    desk.ask('fix', [finding(1)]);
    expect(desk.why).toBe('Name the commit, or say in a sentence what was done.');
    desk.commit = 'the last one';
    expect(desk.why).toMatch(/without spaces/);
    desk.commit = '8c1f0ab';
    expect(desk.why).toBe('');
  });

  it('is a reason for a finding that is left and becomes severe', async () => {
    const { desk } = await backend();
    desk.ask('judge', [finding(1, { state: 'accepted' })]);
    expect(desk.why).toBe('');
    desk.level = 'P0';
    expect(desk.weighty).toBe(true);
    desk.ask('judge', [finding(1, { state: 'accepted', reason: enough })]);
    desk.level = 'P0';
    expect(desk.weighty).toBe(false);
  });

  it('is which reports are split off, and one of them stays', async () => {
    const { desk, split } = await backend();
    desk.ask('split', [finding(1, { sightings: [sighting('r1'), sighting('r2')] })]);
    expect(desk.why).toMatch(/Choose the reports/);
    desk.toggleSighting(0);
    desk.toggleSighting(1);
    expect(desk.why).toBe('At least one report has to stay.');
    desk.toggleSighting(0);
    await desk.do();
    expect(split).toHaveBeenCalledWith('p1', { id: 'f1', sightings: [1], title: '' });
  });
});

describe('what is done', () => {
  it('can be taken back', async () => {
    const { desk, act, toasts } = await backend(finding(1));
    desk.ask('accept', [finding(1)]);
    await desk.do();
    expect(toasts.show.mock.calls[0]?.[0]).toBe('F-001 is accepted.');
    toasts.show.mock.calls[0]?.[1]?.action?.run();
    expect(act).toHaveBeenLastCalledWith('p1', expect.objectContaining({ verb: 'reopen', ids: ['f1'] }));
  });

  it('leads to the next one, unless nothing is settled by it', async () => {
    const { desk, moveOn } = await backend(finding(1), finding(2), finding(3));
    desk.ask('fix', [finding(2)]);
    desk.reason = 'Done.';
    await desk.do();
    expect(moveOn.mock.calls).toEqual([['f3']]);
    desk.ask('judge', [finding(3)]);
    await desk.do();
    expect(moveOn).toHaveBeenCalledTimes(1);
  });

  it('stays a question when it is refused', async () => {
    const { desk, act, hold } = await backend(finding(1));
    act.mockRejectedValueOnce(new ApiError('conflict', 'It counts as F-002.'));
    desk.ask('fix', [finding(1)]);
    desk.reason = 'Done.';
    await desk.do();
    expect(desk.verb).toBe('fix');
    expect(hold.refused?.message).toBe('It counts as F-002.');
  });

  it('settles a doubt either way', async () => {
    const doubtful = finding(2, { doubt: 'f1' });
    const { desk, act, toasts } = await backend(finding(1), doubtful);
    await desk.settle(doubtful, true);
    expect(act).toHaveBeenLastCalledWith('p1', expect.objectContaining({ verb: 'merge', ids: ['f2'], into: 'f1' }));
    expect(toasts.show.mock.calls[0]?.[0]).toBe('F-002 counts as F-001.');
    await desk.settle(doubtful, false);
    expect(act).toHaveBeenLastCalledWith('p1', expect.objectContaining({ verb: 'distinct', ids: ['f2'] }));
  });
});

describe('steps of the plan', () => {
  const planned = (n: number, step: string): Finding => finding(n, { state: 'scheduled', step });

  it('are made of one finding, and the next one is shown', async () => {
    const { desk, hold, list, addSteps, toasts, moveOn } = await backend(finding(1), finding(2));
    list.mockResolvedValue({ findings: [planned(1, '13'), finding(2)], total: 0, summary: ledger(0).summary });
    await desk.plan([finding(1)]);
    expect(addSteps).toHaveBeenCalledWith('p1', ['f1']);
    expect(toasts.show).toHaveBeenCalledWith('Step 13 added to the plan.', expect.objectContaining({ link: { label: 'Show it', href: '#/p/p1/steps/13' } }));
    expect([hold.byId.get('f1')?.state, hold.busy, moveOn.mock.calls]).toEqual(['scheduled', '', [['f2']]]);
  });

  it('are made of several that are marked, which they are no longer', async () => {
    const { desk, hold, list, toasts, moveOn } = await backend(finding(1), finding(2), finding(3));
    list.mockResolvedValue({ findings: [planned(1, '13'), planned(2, '14'), finding(3)], total: 0, summary: ledger(0).summary });
    hold.mark('f1');
    hold.mark('f2');
    await desk.plan([finding(1), finding(2)]);
    expect(toasts.show.mock.calls[0]?.[0]).toBe('Steps 13–14 added to the plan.');
    expect([hold.marked.size, moveOn.mock.calls.length]).toEqual([0, 0]);
  });

  it('are taken back with the version before, and the finding is open again', async () => {
    const { desk, act, restore, toasts } = await backend(planned(1, '13'));
    await desk.plan([finding(1)]);
    toasts.show.mock.calls[0]?.[1]?.action?.run();
    await vi.waitFor(() => expect(act).toHaveBeenCalledWith('p1', expect.objectContaining({ verb: 'reopen', ids: ['f1'] })));
    expect(restore).toHaveBeenCalledWith('p1', 'plan.md', 3);
  });

  it('stay when the plan has been changed since', async () => {
    const { desk, act, head, restore, toasts } = await backend(planned(1, '13'));
    await desk.plan([finding(1)]);
    head.mockResolvedValueOnce({ version: version(5, { path: 'plan.md' }) });
    toasts.show.mock.calls[0]?.[1]?.action?.run();
    await vi.waitFor(() => expect(toasts.fail).toHaveBeenCalledWith(expect.objectContaining({ message: 'The plan has been changed since.' })));
    expect([restore.mock.calls, act.mock.calls]).toEqual([[], []]);
  });

  it('are refused with a reason', async () => {
    const { desk, addSteps, toasts } = await backend(finding(1));
    addSteps.mockRejectedValueOnce(new ApiError('conflict', 'F-001 is fixed already.'));
    await desk.plan([finding(1)]);
    expect(toasts.fail).toHaveBeenCalledWith(expect.objectContaining({ message: 'F-001 is fixed already.' }));
    expect(toasts.show).not.toHaveBeenCalled();
  });

  it('need a plan; without one a step or a day is asked for', async () => {
    const { desk, addSteps, place } = await backend(finding(1));
    place.plan = false;
    await desk.plan([finding(1)]);
    expect([desk.verb, addSteps.mock.calls]).toEqual(['schedule', []]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { Api, Gate } from '../api';
import { ApiError } from '../api';
import { answer, condition, event, gate, record } from './fake-parts';
import { GateState, reasonLength } from './gate.svelte';

const closed = gate([
  condition('written', 'met'),
  condition('boxes', 'unmet', { missing: '2 of 13 boxes are not ticked' }),
  condition('signed', 'waiting', { judged: true, missing: 'v1 is not signed' }),
]);
const open = gate([condition('written', 'met')]);

function backend(first: Gate) {
  const gates = {
    show: vi.fn(async () => first),
    pass: vi.fn(async () => gate([condition('written', 'met')], { passed: record('pass', 1) })),
    waive: vi.fn<Api['gates']['waive']>(async () => gate(closed.conditions, { passed: record('waive', 1) })),
  };
  return { gates, state: new GateState({ gates } as unknown as Api, 'p1', 'spec') };
}

describe('GateState', () => {
  it('sorts conditions into measured and judged and says why it is closed', async () => {
    const { state } = backend(closed);
    await state.load();
    expect([state.measured.length, state.judged.length, state.missing.length]).toEqual([2, 1, 2]);
    expect(state.canPass).toBe(false);
    expect(state.why).toBe('2 conditions are not met: 2 of 13 boxes are not ticked.');
  });

  it('passes once, and is passed then', async () => {
    const { gates, state } = backend(open);
    await state.load();
    expect(state.canPass).toBe(true);
    const slow = answer<Gate>();
    gates.pass.mockReturnValueOnce(slow.promise);
    const first = state.pass();
    expect(await state.pass()).toBe(false);
    slow.give(gate([condition('written', 'met')], { passed: record('pass', 1) }));
    expect(await first).toBe(true);
    expect(gates.pass).toHaveBeenCalledTimes(1);
    expect(state.passed).toBe(true);
    expect(state.canPass).toBe(false);
  });

  it('sends the reason of an override without the space around it', async () => {
    const { gates, state } = backend(closed);
    await state.load();
    await state.override('  Out of scope until step 8. ');
    expect(gates.waive).toHaveBeenCalledWith('p1', 'spec', 'Out of scope until step 8.');
    expect(state.overridden).toBe(true);
  });

  it('keeps the gate and says so when an act is refused', async () => {
    const { gates, state } = backend(open);
    await state.load();
    gates.pass.mockRejectedValueOnce(new ApiError('closed', 'The gate is closed again.'));
    expect(await state.pass()).toBe(false);
    expect(state.error?.code).toBe('closed');
    expect(state.busy).toBe('');
  });

  it('swings once for each change of a condition', async () => {
    const { state } = backend(closed);
    await state.load();
    state.apply(event({ gate: { ...closed, sentence: 'Other words.' } }));
    expect(state.swings).toBe(0);
    state.apply(event({ gate: open }));
    expect(state.swings).toBe(1);
    state.apply(event({ gate: { ...closed, phase: 'plan' } }));
    expect(state.gate?.open).toBe(true);
  });
});

it('counts the characters of a reason as people do', () => {
  expect(reasonLength('  größer 🙂 ')).toBe(8);
});

describe('acts of a release', () => {
  function release() {
    const gates = { show: vi.fn(async () => open), check: vi.fn(async () => ({})), looked: vi.fn(async () => open) };
    const releases = { approve: vi.fn(async () => open), promote: vi.fn(async () => open), healthy: vi.fn(async () => open), rollback: vi.fn(async () => closed) };
    const findings = { file: vi.fn(async () => ({})) };
    return { gates, releases, findings, state: new GateState({ gates, releases, findings } as unknown as Api, 'p1', 'release') };
  }

  it('are of the version that is at the gate', async () => {
    const { state, releases } = release();
    await state.load();
    expect(await state.approve()).toBe(true);
    expect(releases.approve).toHaveBeenCalledWith('p1', 'release', 1);
    await state.healthy(' p95 80 ms ');
    expect(releases.healthy).toHaveBeenCalledWith('p1', 'release', 'p95 80 ms');
    await state.rollback('The error rate has doubled.');
    expect(state.gate).toBe(closed);
  });

  it('are judged anew when a check or an audit has come', async () => {
    const { state, gates, findings } = release();
    await state.check({ step: '', command: 'make', exit: 1, output: '' });
    expect([gates.check.mock.calls.length, gates.show.mock.calls.length]).toEqual([1, 1]);
    await state.file('audits/review-01.md');
    expect(findings.file).toHaveBeenCalledWith('p1', 'audits/review-01.md');
    expect(gates.show).toHaveBeenCalledTimes(2);
  });
});

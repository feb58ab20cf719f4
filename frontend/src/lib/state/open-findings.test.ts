import { describe, expect, it, vi } from 'vitest';
import type { Api } from '../api';
import { event, gate, condition, ledger } from './fake-parts';
import { HeldGate } from './held-gate.svelte';
import { OpenFindings } from './open-findings.svelte';

describe('OpenFindings', () => {
  it('counts those of the project that the page is in', async () => {
    const load = vi.fn(async () => ledger(0, { summary: { total: 9, byState: {}, open: { P1: 2, '': 1 }, doubtful: 0 } }));
    const state = new OpenFindings({ findings: { ledger: load } } as unknown as Pick<Api, 'findings'>);
    await state.follow('p1');
    await state.follow('p1');
    expect([state.count, load.mock.calls.length]).toEqual([3, 1]);
    state.apply(event({ ledger: { ids: [], summary: { total: 9, byState: {}, open: { P3: 1 }, doubtful: 0 } } }));
    expect(state.count).toBe(1);
    state.apply(event({ projectId: 'p2', ledger: { ids: [], summary: { total: 9, byState: {}, open: { P3: 8 }, doubtful: 0 } } }));
    expect(state.count).toBe(1);
  });
});

describe('HeldGate', () => {
  it('knows which findings keep the gate closed', async () => {
    const closed = gate([condition('p0', 'unmet', { kind: 'findings', findings: ['F-001'] }), condition('met', 'met', { kind: 'findings', findings: ['F-002'] })]);
    const state = new HeldGate({ gates: { show: async () => closed } } as unknown as Pick<Api, 'gates'>, 'p1');
    await state.load('spec', 'Spec');
    expect([state.holds({ number: 'F-001' }), state.holds({ number: 'F-002' })]).toEqual([true, false]);
    state.apply(event({ gate: gate([condition('p0', 'met', { kind: 'findings' })]) }));
    expect(state.holds({ number: 'F-001' })).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { createFake } from '../api/fake';
import type { Overview, PhaseStatus } from '../api';
import { waitingFor } from './waiting';

async function project(change: Partial<PhaseStatus>, more: Partial<Overview> = {}): Promise<Overview> {
  const fake = createFake();
  const base = (await fake.api.projects.list())[0];
  if (!base) throw new Error('the fake has no project');
  const phases = base.phases.map((phase) => (phase.id === base.current ? { ...phase, ...change } : phase));
  return { ...base, phases, gateOpen: false, ...more };
}

describe('waitingFor', () => {
  it.each([
    ['a stale phase', { stale: true }, {}, 'Look', 'document'],
    ['an answer to review', { candidateId: 'r' }, {}, 'Review', 'changes'],
    ['an answer to paste', { runState: 'waiting' }, {}, 'Paste', 'run'],
    ['a missing condition', { version: 2 }, {}, 'Open', 'document'],
    ['an open gate', { version: 2 }, { gateOpen: true }, 'Pass gate', 'document'],
    ['nothing written', { version: 0 }, {}, 'Run or copy', 'prompt'],
    ['nothing written, by hand', { version: 0, prompted: false }, {}, 'Write', 'document'],
  ])('names what to do about %s', async (_, phase, more, action, tab) => {
    const one = waitingFor([await project(phase, more)])[0];
    expect(one?.action).toBe(action);
    expect(one?.href).toMatch(new RegExp(`/spec/${tab}$`));
  });

  it('waits for nothing while a model writes, or when all is done', async () => {
    expect(waitingFor([await project({ runState: 'running' }), await project({}, { current: '' })])).toEqual([]);
  });

  it('lists the blocked first', async () => {
    const list = waitingFor([await project({ version: 1 }, { gateOpen: true }), await project({ stale: true })]);
    expect(list.map((one) => one.action)).toEqual(['Look', 'Pass gate']);
  });
});

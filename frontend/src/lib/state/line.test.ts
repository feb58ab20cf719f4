import { describe, expect, it } from 'vitest';
import type { Overview, PhaseStatus } from '../api';
import * as parts from './fake-parts';
import { currentPhase, linePhases, strips } from './line';

function phase(id: string, more: Partial<PhaseStatus> = {}): PhaseStatus {
  return {
    id, title: id, summary: '', kind: 'document', prompted: true, output: `${id}.md`, strip: false, optional: false,
    state: 'to-come', ahead: false, version: 0, stale: false, behind: 0, cause: '', frozen: false, runId: '', runState: '', candidateId: '', missing: 0,
    total: 0, done: 0, boxes: 0, ...more,
  };
}

function overview(current: string, ...phases: PhaseStatus[]): Overview {
  return parts.overview(phases, current);
}

const strip = phase('preflight', { strip: true });
const passed = phase('request', { state: 'passed', version: 3 });
const now = phase('spec', { state: 'current', version: 5 });
const later = phase('plan');

describe('linePhases', () => {
  it('hangs the bob at the current phase, below a taut string', () => {
    const line = linePhases(overview('spec', strip, passed, now, later));
    expect(line.map((one) => [one.status.id, one.knot, one.taut])).toEqual([
      ['request', 'passed', true],
      ['spec', 'bob', false],
      ['plan', 'to-come', false],
    ]);
  });

  it('hangs it at the phase below when the current one is a strip', () => {
    const line = linePhases(overview('preflight', strip, phase('request'), later));
    expect(line.map((one) => one.knot)).toEqual(['bob', 'to-come']);
  });

  it('has no bob when every gate is passed', () => {
    const line = linePhases(overview('', passed, phase('spec', { state: 'overridden' })));
    expect(line.map((one) => [one.knot, one.taut])).toEqual([
      ['passed', true],
      ['overridden', true],
    ]);
  });

  it.each([
    [phase('x', { state: 'passed', stale: true }), 'stale', 'stale', 'passed, stale'],
    [phase('x', { state: 'reopened', version: 2 }), 'stale', 'reopened', 'reopened'],
    [phase('x', { state: 'overridden', version: 2 }), 'overridden', 'override', 'passed with an override'],
    [phase('x', { optional: true }), 'optional', 'optional', 'optional'],
    [phase('x', { runState: 'running', version: 2 }), 'to-come', 'running', 'not reached, running'],
    [phase('x', { runState: 'waiting' }), 'to-come', 'paste', 'not reached'],
    [phase('x', { candidateId: 'r' }), 'to-come', 'answer', 'not reached'],
    [phase('x', { kind: 'build', version: 1, done: 6, boxes: 12 }), 'to-come', '6/12', 'not reached'],
  ])('draws, labels and reads out each state', (status, knot, meta, said) => {
    const line = linePhases(overview('now', phase('now'), status));
    expect(line[1]).toMatchObject({ knot, meta, said });
  });
});

describe('strips', () => {
  it('are those listed just before a phase', () => {
    const whole = overview('spec', strip, passed, now, later);
    expect(strips(whole, 'request').map((one) => one.id)).toEqual(['preflight']);
    expect(strips(whole, 'spec')).toEqual([]);
    expect(strips(whole, 'unknown')).toEqual([]);
  });
});

describe('currentPhase', () => {
  it('is never a strip', () => {
    expect(currentPhase(overview('preflight', strip, later))?.id).toBe('plan');
    expect(currentPhase(overview('', passed))).toBeUndefined();
  });
});

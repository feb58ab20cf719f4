import { describe, expect, it } from 'vitest';
import { overview, phaseStatus, toDo } from './fake-parts';
import { deedOf, waitingFor } from './todo';

const at = (kind: string, more = {}) => deedOf(toDo(kind, more));

describe('deedOf', () => {
  it.each([
    ['stale', {}, 'Look', '#/p/p1/spec/document'],
    ['decide', { runId: 'r1' }, 'Review', '#/p/p1/spec/changes'],
    ['decide', { runId: 'r1', step: '4' }, 'Review', '#/p/p1/steps/4?view=answer'],
    ['paste', { runId: 'r1' }, 'Paste', '#/p/p1/spec/run-r1'],
    ['run', {}, 'Run or copy', '#/p/p1/spec/prompt'],
    ['run', { runId: 'r1' }, 'Refine', '#/p/p1/spec/run-r1'],
    ['step', { step: '2.1' }, 'Build', '#/p/p1/steps/2.1'],
    ['check', { path: 'plan.md' }, 'Add the result', '#/p/p1/steps'],
    ['tick', { step: '4' }, 'Tick the step', '#/p/p1/steps/4'],
    ['findings', {}, 'See findings', '#/p/p1/findings'],
    ['pass', {}, 'Pass gate', '#/p/p1/spec/document'],
  ])('says what to do about %s %j', (kind, more, action, href) => {
    expect(at(kind, more)).toMatchObject({ action, href });
  });

  it('has nothing to do when every gate is passed, or for a kind it does not know', () => {
    expect([at('nothing'), at('dance')]).toEqual([undefined, undefined]);
  });
});

describe('waitingFor', () => {
  const project = (kind: string) => ({ ...overview([phaseStatus('spec')], 'spec'), toDo: toDo(kind) });

  it('waits for nothing while a model writes, while a time has to pass, or when all is done', () => {
    expect(waitingFor([project('wait'), project('bake'), project('nothing')])).toEqual([]);
  });

  it('lists the blocked first', () => {
    expect(waitingFor([project('pass'), project('step'), project('stale')]).map((one) => one.action)).toEqual(['Look', 'Pass gate', 'Build']);
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { Overview, Workflow } from '../api';
import { BoardState } from './board.svelte';
import { event, overview, phaseStatus, settled, toDo } from './fake-parts';

const phase = (id: string, change = {}) => ({ id, title: id, summary: '', kind: 'document', prompt: id, prompts: [], inputs: [], output: `${id}.md`, template: '', strip: false, optional: false, freezes: false, gate: [], ...change });
const workflow: Workflow = {
  id: 'w', title: 'W', summary: '', source: 'built-in', triggers: [], loop: { phases: ['build', 'review'], cap: 10, ends: 'plateau' },
  phases: [phase('preflight', { strip: true, prompt: '' }), phase('spec'), phase('build', { prompt: '', prompts: ['codegen'] }), phase('review', { output: 'audits/review-NN.md' })],
};
const due = { kind: 'trigger', id: 't', title: 'Review', phase: 'review', promptId: 'review', why: 'All steps of “Core” are done.', help: '', at: '', newRound: true };
const practice = { ...due, kind: 'practice', id: 'end-of-day', phase: '' };

function backend(todo = toDo('run', { due: [due, practice] })) {
  const at: Overview = { ...overview([phaseStatus('preflight', { strip: true }), phaseStatus('spec'), phaseStatus('build'), phaseStatus('review')], 'spec'), toDo: todo };
  const round = vi.fn(async (_: string, id: string) => ({ phase: 'build', phases: ['build', 'review'], number: id === 'review' ? 2 : 1, cap: 10, ends: 'plateau', ready: true, why: '', over: false, verdict: '', advice: '', curve: [] }));
  const api = { library: { workflows: vi.fn(async () => [workflow]) }, work: { round } };
  return { api, round, state: new BoardState(api as never, 'p1', () => at) };
}

describe('BoardState', () => {
  it('has a row for each phase, with its strips, prompts and rounds', async () => {
    const { state } = backend();
    await state.load();
    expect(state.rows.map(({ status, knot }) => [status.id, knot])).toEqual([['spec', 'bob'], ['build', 'to-come'], ['review', 'to-come']]);
    const [spec, build, review] = state.rows;
    expect(spec?.strips.map((one) => one.id)).toEqual(['preflight']);
    expect([spec?.prompt?.href, build?.prompt, build?.more[0]?.href]).toEqual(['#/p/p1/spec/prompt', undefined, '#/p/p1/library/codegen']);
    expect([spec?.round, build?.round?.number, review?.round?.number]).toEqual([undefined, 1, 2]);
  });

  it('says where the work is and what is due, and keeps apart what belongs to no phase', async () => {
    const { state } = backend();
    await state.load();
    expect(state.rows.map(({ now, due: list }) => [now, list.length])).toEqual([[true, 0], [false, 0], [false, 1]]);
    expect(state.apart.map((one) => one.id)).toEqual(['end-of-day']);
  });

  it('points nowhere when every gate is passed', async () => {
    const { state } = backend(toDo('nothing'));
    await state.load();
    expect(state.rows.some((one) => one.now)).toBe(false);
  });

  it('asks for the rounds again when the project changes, not when another does', async () => {
    const { round, state } = backend();
    await state.load();
    expect(round).toHaveBeenCalledTimes(2);
    state.apply(event({ overview: state.overview }));
    state.apply({ ...event({ overview: state.overview }), projectId: 'p2' });
    await settled();
    expect(round).toHaveBeenCalledTimes(4);
  });
});

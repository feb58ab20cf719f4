import { describe, expect, it, vi } from 'vitest';
import type { Api, Overview, PhaseStatus } from '../api';
import { artifact, blame, blocks, condition, document, event, gate, overview, phaseStatus, run, settled, version } from './fake-parts';
import { PhaseState } from './phase.svelte';

const line = (change: Partial<PhaseStatus> = {}): PhaseStatus[] => [
  phaseStatus('preflight', { strip: true, prompted: false }),
  phaseStatus('request', { state: 'passed', version: 3 }),
  phaseStatus('spec', { state: 'current', ...change }),
  phaseStatus('performance', { optional: true, prompted: false }),
  phaseStatus('release'),
];

function backend() {
  const prompt = {
    prompt: { variables: [{ variable: { name: 'request', type: 'artifact', label: 'Request', source: 'request.md' }, value: '', path: 'request.md', missing: false }], hash: 'h1', context: { parts: [], fits: true, over: 0 }, model: 'tiny' },
    text: 'The prompt',
    spans: [],
  };
  const api = {
    artifacts: {
      document: vi.fn(async (_: string, path: string) => ({ ...document(3, 'text'), artifact: artifact(3, { path }) })),
      blame: vi.fn(async () => blame(3)),
    },
    gates: { show: vi.fn(async () => gate([condition('written', 'met')])) },
    prompts: { show: vi.fn(async () => prompt), fill: vi.fn(async () => prompt) },
    runs: {
      list: vi.fn(async () => []),
      blocks: vi.fn(async () => blocks({})),
      show: vi.fn(async () => ({ run: run('r1', { state: 'succeeded' }), html: '', thinking: '' })),
      start: vi.fn(async () => run('r2', { state: 'queued' })),
      copy: vi.fn(async () => run('r3', { state: 'waiting', provider: 'paste', promptHash: 'h1' })),
      answer: vi.fn(async () => run('r3', { state: 'succeeded', provider: 'paste' })),
    },
    candidates: { review: vi.fn(async (id: string) => ({ candidate: { runId: id, state: 'open', projectId: 'p1', path: 'spec.md' }, run: run(id), current: version(0), sections: [], moved: false })) },
  };
  const desk = { copy: vi.fn(async () => undefined) };
  const make = (id: string, at: Overview): PhaseState => new PhaseState(api as unknown as Api, desk, 'p1', id, () => at);
  return { api, desk, make };
}

describe('PhaseState', () => {
  it('knows what stands over it, before it and after it', () => {
    const { make } = backend();
    const request = make('request', overview(line(), 'spec'));
    expect(request.strip?.path).toBe('preflight.md');
    expect([request.before, request.after?.id]).toEqual([undefined, 'spec']);
    const spec = make('spec', overview(line(), 'spec'));
    expect(spec.strip).toBeUndefined();
    expect([spec.before?.id, spec.after?.id]).toEqual(['request', 'performance']);
  });

  it('is closed until the gates before it are passed; optional ones do not count', () => {
    const { make } = backend();
    expect(make('spec', overview(line(), 'spec')).closed).toBe('');
    expect(make('release', overview(line(), 'spec')).closed).toBe('Release is not open yet. The gate of Spec is not passed.');
    expect(make('release', overview(line({ state: 'overridden' }), 'release')).closed).toBe('');
    expect(make('spec', overview(line({ frozen: true }), 'spec')).closed).toContain('frozen');
  });

  it('is worked on ahead of the gates before it, and its own is passed after them', () => {
    const { make } = backend();
    const phases = line().map((one) => (one.id === 'release' ? { ...one, ahead: true } : one));
    const release = make('release', overview(phases, 'spec'));
    expect([release.closed, release.early]).toEqual(['', 'The gate of Spec has to be passed first.']);
    expect(make('spec', overview(line(), 'spec')).early).toBe('');
    expect(make('spec', overview(line({ frozen: true }), 'spec')).early).toContain('frozen');
  });

  it('begins where something happens', () => {
    const { make } = backend();
    const first = (change: Partial<PhaseStatus>): string => make('spec', overview(line(change), 'spec')).firstTab();
    expect(first({})).toBe('document');
    expect(first({ runState: 'running', runId: 'r1', version: 2 })).toBe('run');
    expect(first({ runState: 'waiting', runId: 'r1' })).toBe('run');
    expect(first({ candidateId: 'r1' })).toBe('changes');
    expect(first({ candidateId: 'r1', version: 2 })).toBe('document');
    expect(make('performance', overview(line(), 'spec')).tabs).toEqual(['document', 'history']);
  });

  it('loads the open candidate, and the next one when it comes', async () => {
    const { api, make } = backend();
    const phases = line({ candidateId: 'r1' });
    const now = overview(phases, 'spec');
    const state = make('spec', now);
    await state.load();
    expect(state.candidate?.runId).toBe('r1');
    now.phases = line({ candidateId: 'r2' });
    state.apply(event({ overview: now }));
    await settled();
    expect(api.candidates.review).toHaveBeenCalledTimes(2);
    expect(state.candidate?.runId).toBe('r2');
  });

  it('asks for its gate when the events tell of another one', async () => {
    const { api, make } = backend();
    const state = make('request', overview(line(), 'spec'));
    state.apply(event({ overview: overview(line(), 'spec') }));
    state.apply(event({ overview: overview(line(), 'request') }));
    await settled();
    expect(api.gates.show).toHaveBeenCalledTimes(1);
  });

  it('assembles the prompt again when an input has changed', async () => {
    const { api, make } = backend();
    const state = make('spec', overview(line(), 'spec'));
    await state.load();
    state.apply(event({ artifact: artifact(4, { path: 'request.md' }) }));
    state.apply(event({ artifact: artifact(4, { path: 'other.md' }) }));
    await settled();
    expect(api.prompts.show).toHaveBeenCalledTimes(2);
  });

  it('copies the text that was recorded and waits for its answer', async () => {
    const { api, desk, make } = backend();
    const state = make('spec', overview(line(), 'spec'));
    await state.load();
    expect(await state.copy()).toBe(true);
    expect(desk.copy).toHaveBeenCalledWith('The prompt');
    expect(api.prompts.show).toHaveBeenCalledTimes(1);
    expect(state.runs.waiting?.id).toBe('r3');
    state.paste.edit('# Spec');
    expect(await state.takeAnswer(false)).toBe(true);
    expect(state.runs.waiting).toBeUndefined();
  });

  it('assembles again before copying when the text has moved on', async () => {
    const { api, make } = backend();
    api.runs.copy.mockResolvedValueOnce(run('r3', { state: 'waiting', promptHash: 'h2' }));
    const state = make('spec', overview(line(), 'spec'));
    await state.load();
    await state.copy();
    expect(api.prompts.show).toHaveBeenCalledTimes(2);
  });

  it('does not run with values that could not be saved', async () => {
    const { api, make } = backend();
    const state = make('spec', overview(line(), 'spec'));
    await state.load();
    api.prompts.fill.mockRejectedValueOnce(new Error('no'));
    state.prompt.fill('request', 'mine');
    expect(await state.run()).toBe(false);
    expect(api.runs.start).not.toHaveBeenCalled();
    expect(await state.run()).toBe(true);
    expect(api.runs.start).toHaveBeenCalledTimes(1);
  });
});

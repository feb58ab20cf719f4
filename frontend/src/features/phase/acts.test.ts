import { describe, expect, it, vi } from 'vitest';
import { condition, gate, run } from '../../lib/state/fake-parts';
import type { PhaseState } from '../../lib/state/phase.svelte';
import { type Around, PhaseActs } from './acts.svelte';

function screen(change: Record<string, unknown> = {}) {
  const around = {
    router: { go: vi.fn(), replace: vi.fn() },
    toasts: { show: vi.fn(), fail: vi.fn() },
    desk: { paste: vi.fn(async () => 'the answer') },
    models: { running: true, default: 'tiny' },
  };
  const phase = {
    project: 'p1',
    phase: 'spec',
    prompted: true,
    closed: '',
    prompt: { missing: [] as unknown[], over: '' },
    runs: { active: undefined, waiting: undefined, error: undefined, show: vi.fn(), stop: vi.fn() },
    gate: { gate: gate([condition('written', 'met')]), canPass: true, error: undefined, pass: vi.fn(async () => true) },
    paste: { edit: vi.fn() },
    document: { edit: vi.fn() },
    run: vi.fn(async () => true),
    copy: vi.fn(async () => true),
    takeAnswer: vi.fn(async () => true),
    after: { id: 'plan' },
    ...change,
  };
  return { around, phase, acts: new PhaseActs(phase as unknown as PhaseState, around as unknown as Around) };
}

describe('PhaseActs', () => {
  it('runs and shows the run', async () => {
    const { around, phase, acts } = screen();
    acts.following = false;
    await acts.run();
    expect(phase.run).toHaveBeenCalledTimes(1);
    expect(acts.following).toBe(true);
    expect(around.router.replace).toHaveBeenCalledWith('#/p/p1/spec/run');
  });

  it('does not run while something is missing, closed, too long or without a model', async () => {
    for (const [change, reason] of [
      [{ closed: 'Signed and frozen.' }, 'Signed and frozen.'],
      [{ prompt: { missing: [{ variable: { name: 'idea', label: 'Idea' } }], over: '' } }, 'Idea is missing. Fill it in on the Prompt tab.'],
      [{ prompt: { missing: [], over: 'Too long.' } }, 'Too long.'],
    ] as const) {
      const { phase, acts } = screen(change);
      expect(acts.reason).toBe(reason);
      await acts.run();
      expect(phase.run).not.toHaveBeenCalled();
    }
    const { around, phase, acts } = screen();
    around.models.running = false;
    await acts.run();
    expect(phase.run).not.toHaveBeenCalled();
  });

  it('leads to the form when the values could not be saved', async () => {
    const { around, acts } = screen({ run: vi.fn(async () => false) });
    await acts.run();
    expect(around.router.replace).toHaveBeenCalledWith('#/p/p1/spec/prompt');
  });

  it('pastes only where an answer is awaited', async () => {
    const { around, phase, acts } = screen();
    await acts.paste();
    expect(around.desk.paste).not.toHaveBeenCalled();
    Object.assign(phase.runs, { waiting: run('r1', { state: 'waiting' }) });
    await acts.paste();
    expect(phase.paste.edit).toHaveBeenCalledWith('the answer');
  });

  it('keeps what was pasted when the clipboard cannot be read', async () => {
    const { around, phase, acts } = screen();
    Object.assign(phase.runs, { waiting: run('r1', { state: 'waiting' }) });
    around.desk.paste.mockRejectedValueOnce(new Error('no'));
    await acts.paste();
    expect(phase.paste.edit).not.toHaveBeenCalled();
    expect(around.toasts.fail).toHaveBeenCalledTimes(1);
  });

  it('moves on after a pass, and stays when it is refused', async () => {
    const { around, phase, acts } = screen();
    phase.gate.pass.mockResolvedValueOnce(false);
    await acts.pass();
    expect(around.router.go).not.toHaveBeenCalled();
    await acts.pass();
    expect(around.router.go).toHaveBeenCalledWith('#/p/p1/plan');
  });

  it('moves on after an override, and stays after a waived box', () => {
    const { around, acts } = screen();
    acts.ask({ kind: 'waive', index: 1, strip: false });
    acts.answered({ kind: 'waive', index: 1, strip: false });
    expect(acts.question).toBeUndefined();
    expect(around.router.go).not.toHaveBeenCalled();
    acts.answered({ kind: 'override' });
    expect(around.router.go).toHaveBeenCalledWith('#/p/p1/plan');
  });

  it('does not edit what is closed', () => {
    const { phase, acts } = screen({ closed: 'Signed and frozen.' });
    acts.edit();
    expect(phase.document.edit).not.toHaveBeenCalled();
  });
});

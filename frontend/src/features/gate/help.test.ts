import { describe, expect, it, vi } from 'vitest';
import type { Condition, RoundStatus } from '../../lib/api';
import { condition, gate, phaseStatus } from '../../lib/state/fake-parts';
import { type Bench, helpsFor } from './help';

const round: RoundStatus = { phase: 'spec', phases: ['spec'], number: 1, cap: 0, ends: '', ready: true, why: '', over: false, verdict: '', advice: '', curve: [] };

function bench(change: Record<string, unknown> = {}) {
  const hold = { gate: gate([], { version: 3 }), passed: false, approve: vi.fn(), promote: vi.fn(), looked: vi.fn(), file: vi.fn() };
  const phase = {
    project: 'p1', phase: 'spec', blockedBy: undefined, gate: hold, document: { path: 'spec.md' }, causes: { compare: vi.fn() },
    overview: { phases: [phaseStatus('request'), phaseStatus('spec'), phaseStatus('security', { output: 'audits/security-01.md', version: 4 })] }, ...change,
  };
  const acts = { hasModel: true, ask: vi.fn(), go: vi.fn(), edit: vi.fn(), run: vi.fn(), copy: vi.fn(), paste: vi.fn() };
  const work = { round: vi.fn(async () => round), beginRound: vi.fn(async () => round) };
  const around = { router: { go: vi.fn() }, toasts: { show: vi.fn(), fail: vi.fn() }, api: { work } };
  const lead = vi.fn();
  return { hold, acts, around, work, lead, on: (one: Condition) => helpsFor(one, { phase, acts, around, lead } as unknown as Bench) };
}

const missing = (what: string, change: Partial<Condition> = {}): Condition => condition(what, 'unmet', { do: what, ...change });

describe('what helps with a condition', () => {
  it.each([
    ['run', 'Run the prompt'],
    ['write', 'Write it'],
    ['tick', 'Go to the first box'],
    ['check', 'Paste a check result'],
    ['stale', 'Compare|Still valid'],
    ['file', 'File the findings'],
    ['findings', 'Show the findings'],
    ['audit', 'Audit once more'],
    ['look', 'I have looked at it|Show the findings'],
    ['approve', 'Approve v3'],
    ['promote', 'Promote to production'],
    ['healthy', 'Mark as healthy|Roll back'],
    ['bake', 'Roll back'],
    ['wait', ''],
  ])('%s', (what, labels) => {
    expect(bench().on(missing(what)).map((one) => one.label).join('|')).toBe(labels);
  });

  it('is nothing for one that is met, and before the phase is open', () => {
    expect(bench().on(condition('check', 'met', { do: '' }))).toEqual([]);
    expect(bench({ blockedBy: phaseStatus('request') }).on(missing('check'))).toEqual([]);
  });

  it('leads to another phase that has to come first', () => {
    const { on, lead } = bench();
    const one = missing('write', { path: 'request.md' });
    const [help] = on(one);
    expect(help?.label).toBe('Go to Request');
    help?.run();
    expect(lead).toHaveBeenCalledWith(one);
  });

  it('goes to the only finding that stands in the way', () => {
    const { on, around } = bench();
    const [help] = on(missing('findings', { findings: ['F-048'] }));
    expect(help?.label).toBe('Go to F-048');
    help?.run();
    expect(around.router.go).toHaveBeenCalledWith('#/p/p1/findings/F-048');
  });

  it('begins a round where the last one is over, and leads to its prompt', async () => {
    const { on, around, work } = bench();
    on(missing('audit', { path: 'audits/security-01.md' }))[0]?.run();
    await vi.waitFor(() => expect(around.router.go).toHaveBeenCalledWith('#/p/p1/security/prompt'));
    expect(work.beginRound).toHaveBeenCalledTimes(1);
    const here = bench();
    here.work.round.mockResolvedValueOnce({ ...round, ready: false });
    here.on(missing('audit'))[0]?.run();
    await vi.waitFor(() => expect(here.acts.go).toHaveBeenCalledWith('prompt'));
    expect(here.work.beginRound).not.toHaveBeenCalled();
  });

  it('says where the reason for a round past the advised number of them is asked for', async () => {
    const { on, acts, around, work } = bench();
    work.round.mockResolvedValueOnce({ ...round, over: true, advice: 'This is round 10 of about 10.' });
    on(missing('audit'))[0]?.run();
    await vi.waitFor(() => expect(acts.go).toHaveBeenCalledWith('prompt'));
    expect(around.toasts.show).toHaveBeenCalledWith('This is round 10 of about 10.', expect.objectContaining({ hint: expect.stringContaining('Next round') }));
    expect(work.beginRound).not.toHaveBeenCalled();
  });

  it('names the version of the audit that was looked at', () => {
    const { on, hold } = bench();
    on(missing('look', { path: 'audits/security-01.md' }))[0]?.run();
    expect(hold.looked).toHaveBeenCalledWith(4);
  });
});

// Evidence, staleness, checks and releases of the fake.
import type { Api } from '../client';
import { ApiError } from '../error';
import type { CheckResult, Condition, Gate, Item, Phase } from '../types';
import { diffLines } from './past';
import { me, type Work, type World } from './world';

interface Parts {
  artifacts: Pick<Api['artifacts'], 'prove' | 'behind'>;
  gates: Pick<Api['gates'], 'looked' | 'check' | 'checks'>;
  releases: Api['releases'];
}

type Act = (id: string, phase: string, action: string, reason?: string) => Gate;

export function fakeProofs(world: World, act: Act, tell: (work: Work) => void): Parts {
  const checks = new Map<string, CheckResult[]>();
  return {
    artifacts: {
      prove: async (id, { path, offset, evidence }) => {
        const work = world.work(id);
        const item = world.items(work, path).find((one) => one.offset === offset);
        if (!item) throw new ApiError('conflict', 'The box is not there any more.', 'The document has been loaded again.');
        if (evidence.kind === 'finding' && !/^F-\d+$/i.test(evidence.ref)) throw new ApiError('not_found', `There is no finding ${evidence.ref}.`);
        const inputs = path === 'spec.md' ? [] : [{ name: '', path: 'spec.md', version: 2, hash: '' }];
        work.ticks.set(item.key, { state: 'done', by: me, at: new Date().toISOString(), reason: '', evidence: { ...evidence, inputs } });
        work.confirmed.add(item.key);
        const lines = (work.versions.get(path)?.at(-1)?.body ?? '').split('\n');
        lines[item.line - 1] = (lines[item.line - 1] ?? '').replace(/\[[ xX]\]/, '[x]');
        const version = world.write(work, path, lines.join('\n'), me, 'ticked', `Prove “${item.text}”`);
        world.emit(id, { artifact: world.document(work, path).artifact });
        tell(work);
        return version;
      },
      behind: async (id, path) => {
        const [first, second] = world.work(id).versions.get('request.md') ?? [];
        const diff = diffLines(first?.body ?? '', `${second?.body ?? first?.body ?? ''}- [ ] It answers within 50 ms\n`);
        const cause = (part: string, via: string) => ({ path: 'request.md', part, from: 1, to: 2, hash: '', via });
        const whole = { cause: cause('', ''), sentence: 'Request v1 was used, and it is at v2 now.', diff };
        const part = { cause: cause('Acceptance checklist', 'spec.md'), sentence: '“Acceptance checklist” of Request v1 was used through Spec, and it is at v2 now.', diff };
        return { projectId: id, path, runId: '', causes: [whole, part], prompt: '', kept: [] };
      },
    },
    gates: {
      looked: async (id, phase) => act(id, phase, 'looked'),
      check: async (id, { step, command, exit, output }) => {
        const result: CheckResult = { step, command, exit, output, path: 'steps/check.md', version: 1, by: me, at: new Date().toISOString() };
        checks.set(id, [result, ...(checks.get(id) ?? [])]);
        world.work(id).check = result;
        return result;
      },
      checks: async (id) => checks.get(id) ?? [],
    },
    releases: {
      approve: async (id, phase) => act(id, phase, 'approve'),
      promote: async (id, phase) => act(id, phase, 'promote'),
      healthy: async (id, phase, note) => act(id, phase, 'healthy', note),
      rollback: async (id, phase, reason) => act(id, phase, 'rollback', reason),
    },
  };
}

/** Puts what a box was ticked by beside it. */
export function proven(items: Item[], work: Work): Item[] {
  return items.map((item) => {
    const tick = work.ticks.get(item.key);
    if (!tick) return item;
    return { ...item, tick, state: item.marked ? tick.state : item.state };
  });
}

/** The conditions of a release, for looking at every kind of them. */
export function releaseConditions(work: Work, phase: Phase, base: Omit<Condition, 'id' | 'kind' | 'title' | 'state'>): Condition[] {
  if (phase.id !== 'release') return [];
  const did = (action: string): boolean => work.records.some((one) => one.phase === phase.id && one.action === action);
  const check = work.check;
  const red = check !== undefined && check.exit !== 0;
  const baking = did('promote');
  const list: (Condition | false)[] = [
    check?.exit === 0
      ? { ...base, id: 'check', kind: 'check', title: 'Check green', state: 'met', value: 'exit 0' }
      : { ...base, id: 'check', kind: 'check', title: 'Check green', state: red ? 'failed' : 'waiting', value: red ? `exit ${check.exit}` : '', do: 'check', missing: red ? `The check ended with ${check.exit}` : 'The check was not run yet', action: 'run the check, and paste what it says' },
    { ...base, id: 'findings', kind: 'findings', title: 'No open P0 or P1', state: 'unmet', value: '1 open', do: 'findings', missing: '1 finding of P1 is open', action: 'decide about F-048', findings: ['F-048'] },
    { ...base, id: 'phrase', kind: 'phrase', title: 'Last audit is clean', state: 'unmet', do: 'audit', path: 'audits/security-01.md', missing: 'The audit lists 2 findings; at most 3 small ones may be left', action: 'audit once more', doubt: 'The audit has a number without a text.' },
    !did('looked') && { ...base, id: 'count', kind: 'count', title: 'Numbers agree', state: 'unmet', value: '5 listed', judged: true, do: 'look', missing: 'The text claims 6 findings; 5 can be read', action: 'look at the difference' },
    did('approve')
      ? { ...base, id: 'approval', kind: 'approval', title: 'Approved', state: 'met', value: 'v1', judged: true }
      : { ...base, id: 'approval', kind: 'approval', title: 'Approved', state: 'waiting', judged: true, do: 'approve', missing: 'v1 is not approved', action: 'read v1 and approve it' },
    baking && !did('healthy')
      ? { ...base, id: 'bake', kind: 'bake', title: '24 hours in production', state: 'waiting', value: '24/24 h', do: 'healthy', missing: 'Nobody has said that the figures have held', action: 'mark the figures as healthy, or roll back', judged: true }
      : { ...base, id: 'bake', kind: 'bake', title: '24 hours in production', state: baking ? 'met' : 'waiting', do: baking ? '' : 'promote', missing: baking ? '' : 'It is not promoted to production yet', action: 'promote it, and watch it', judged: true },
  ];
  return list.filter((one) => one !== false);
}

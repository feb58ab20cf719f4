// The work of the fake: steps, rounds, threads and time, kept in memory.
import type { Api } from '../client';
import { ApiError } from '../error';
import type { CheckResult, DueItem, EffortRow, Gate, PlanView, Run, StepDetail, Thread, ToDo } from '../types';
import { html } from './markdown';
import type { Writer } from './runs';
import * as seed from './seed';
import { addedPart, blockOf, planText, planView, withSteps } from './steps';
import { me, type Work, type World } from './world';

const code = '# Step\n\nThe tests come first.\n\n```go\nfunc TestRepeatedHourKeepsOffset(t *testing.T) {\n\tline := Line(at("2026-10-25T00:12:00Z"))\n\tif !strings.Contains(line, "+01:00") {\n\t\tt.Errorf("Line = %q", line)\n\t}\n}\n```\n\nAssumption: offsets are shown for every time, not only for repeated ones.\n';
const lesson = '# Lessons\n\n## Lessons\n\n- Say which zone a time is given in.\n- Name the half-hour changes as a test case.\n';

export function fakeWork(world: World, writer: Writer, tell: (work: Work) => void, ledger: Api['findings']): Api['work'] {
  const decided = new Map<string, Map<string, 'done' | 'skipped'>>();
  const checks = new Map<string, CheckResult[]>();
  const rounds = new Map<string, number>();
  const ended = new Set<string>();
  const efforts = new Map<string, EffortRow>();

  const states = (id: string): Map<string, 'done' | 'skipped'> => {
    const work = world.work(id);
    if (!decided.has(id)) decided.set(id, new Map(work.doneSteps.map((number) => [number, 'done' as const])));
    return decided.get(id) ?? new Map();
  };

  const threadsOf = (id: string, phase: string, step: string): Thread[] => {
    const runs = world.work(id).runs.filter((run) => run.phase === phase && (run.step ?? '') === step);
    const firsts = runs.filter((run) => run.kind === 'first');
    return firsts.map((first, i) => {
      const before = firsts[i - 1];
      const own = runs.filter((run) => run.createdAt >= first.createdAt && (!before || run.createdAt < before.createdAt)).reverse();
      return thread(id, phase, step, own, ended.has(first.id));
    });
  };

  const body = (id: string): string => world.work(id).versions.get('plan.md')?.at(-1)?.body ?? '';

  const plan = (id: string): PlanView => {
    const work = world.work(id);
    const version = work.versions.get('plan.md')?.length ?? 0;
    if (version === 0) return { ...planView(id, 0, new Map()), steps: [], milestones: [], edges: [], problems: [], uncovered: [], current: -1, settled: 0 };
    const view = planView(id, version, states(id), body(id));
    for (const one of view.steps) {
      const newest = threadsOf(id, 'build', one.step.number)[0];
      const last = newest?.runs.at(-1);
      if (!newest || !last) continue;
      const open = newest.runs.find((run) => world.answers.get(run.id)?.candidate?.state === 'open');
      Object.assign(one, { runId: last.id, runState: last.state, candidateId: open?.id ?? '', thread: newest.id, refinements: newest.refinements, version: work.versions.get(one.output)?.length ?? one.version });
    }
    return view;
  };

  const step = (id: string, number: string): StepDetail => {
    const found = plan(id).steps.find((one) => one.step.number === number);
    if (!found) throw new ApiError('not_found', `The plan has no step ${number}.`);
    const [newest, ...older] = threadsOf(id, 'build', number);
    const text = blockOf(number, body(id));
    return { step: found, text, html: html(text), thread: newest ?? thread(id, 'build', number, [], false), older, checks: checks.get(`${id} ${number}`) ?? [], effort: effort(id, 'build', number) };
  };

  const effort = (id: string, phase: string, number: string): EffortRow => {
    const runs = world.work(id).runs.filter((run) => run.phase === phase && (!number || run.step === number));
    const sum = (of: (run: Run) => number): number => runs.reduce((all, run) => all + of(run), 0);
    const kept = efforts.get(`${id} ${phase} ${number}`)?.effort ?? { projectId: id, phase, step: number, seconds: 4320, correction: 0, estimate: 150, without: 480, touchedAt: '' };
    return { effort: kept, title: '', worked: kept.seconds + kept.correction, runs: runs.length, promptTokens: sum((run) => run.promptTokens), answerTokens: sum((run) => run.answerTokens), modelMillis: sum((run) => run.answerMillis) };
  };

  const change = (id: string, phase: string, number: string, more: Partial<EffortRow['effort']>): EffortRow => {
    const row = effort(id, phase, number);
    efforts.set(`${id} ${phase} ${number}`, { ...row, effort: { ...row.effort, ...more } });
    return effort(id, phase, number);
  };

  const writePlan = (id: string, text: string, kind: string, message: string) => {
    const work = world.work(id);
    const version = world.write(work, 'plan.md', text, me, kind, message);
    world.emit(id, { artifact: world.document(work, 'plan.md').artifact });
    work.doneSteps = [...states(id).keys()];
    tell(work);
    return version;
  };

  const touchPlan = (id: string, message: string) =>
    writePlan(id, planText(world.work(id).project.name, states(id).size) + addedPart(body(id)), 'ticked', message);

  const runOf = (id: string): { work: Work; run: Run } => {
    for (const work of world.works.values()) {
      const run = work.runs.find((one) => one.id === id);
      if (run) return { work, run };
    }
    throw new ApiError('not_found', 'There is no such run.');
  };

  const follow = (id: string, kind: string, script: string, copy: boolean): Run => {
    const { work, run } = runOf(id);
    return writer.begin(work, 'Refine it.', script, { phase: run.phase, step: run.step ?? '', kind, parentId: id, promptId: kind, output: run.output, ...(copy ? { state: 'waiting', provider: 'paste', model: '' } : {}) });
  };

  const round = (id: string, phase: string) => {
    const written = world.conditions(world.work(id), world.phase(phase))[0]?.state === 'met';
    const number = rounds.get(`${id} ${phase}`) ?? 1;
    return { phase, phases: [phase], number, cap: 10, ends: 'plateau', ready: written, why: written ? '' : `Round ${number} of ${world.phase(phase).title} has nothing to show yet.`, over: number >= 10, verdict: '', advice: '', curve: [] };
  };

  return {
    plan: async (id) => plan(id),
    step: async (id, number) => step(id, number),
    stepPrompt: async (id, number) => ({
      prompt: { projectId: id, phase: 'build', promptId: 'codegen', title: 'Codegen', summary: '', revision: 'fake', variables: [], missing: [], hash: 'b5c1f00d', size: 900, context: { parts: [], prompt: 220, reserve: 2048, window: 32768, limit: 32768, fits: true, over: 0 }, model: '' },
      text: `Build this step.\n\n${blockOf(number, body(id))}\n`, spans: [],
    }),
    runStep: async (id, number, { copy }) =>
      writer.begin(world.work(id), `Build this step.\n\n${blockOf(number, body(id))}\n`, code, { phase: 'build', step: number, promptId: 'codegen', output: `steps/${number.padStart(2, '0')}.md`, ...(copy ? { state: 'waiting', provider: 'paste', model: '' } : {}) }),
    addSteps: async (id, wanted) => {
      const { findings } = await ledger.list(id);
      const { text, numbers } = withSteps(body(id), wanted.flatMap((ref) => findings.find((one) => one.id === ref) ?? []));
      for (const [i, ref] of wanted.entries()) {
        const step = numbers[i] ?? '';
        await ledger.act(id, { verb: 'schedule', ids: [ref], reason: `It is step ${step} of the plan, which is built next.`, step, date: '', commit: '', severity: '', into: '' });
      }
      return writePlan(id, text, 'saved', 'Steps for findings');
    },
    markStep: async (id, number, state, reason) => {
      if (state === 'skipped' && reason.length < 20) throw new ApiError('invalid', 'The reason is too short.', 'Write at least 20 characters.');
      if (state === 'open') states(id).delete(number);
      else states(id).set(number, state === 'skipped' ? 'skipped' : 'done');
      touchPlan(id, `Step ${number} is ${state}`);
      return step(id, number);
    },
    check: async (id, result) => {
      const kept: CheckResult = { ...result, path: `checks/${result.step.padStart(2, '0')}.md`, version: 1, by: me, at: new Date().toISOString() };
      const key = `${id} ${result.step}`;
      checks.set(key, [kept, ...(checks.get(key) ?? [])]);
      if (!result.step) world.work(id).check = kept;
      return kept;
    },
    checks: async (id) => checks.get(`${id} `) ?? [],
    round: async (id, phase) => round(id, phase),
    beginRound: async (id, phase) => {
      rounds.set(`${id} ${phase}`, round(id, phase).number + 1);
      tell(world.work(id));
      return round(id, phase);
    },
    threads: async (id, phase, number) => threadsOf(id, phase, number),
    refine: async (id, { copy }) => follow(id, 'refine', code, copy),
    restart: async (id, { copy }) => follow(id, 'restart', lesson, copy),
    startOver: async (id) => {
      const { work, run } = runOf(id);
      const own = threadsOf(work.project.id, run.phase, run.step ?? '').find((one) => one.runs.some((each) => each.id === id));
      if (own) ended.add(own.id);
      return touchPlan(work.project.id, 'Start over: what was learnt');
    },
    touch: async (id, phase, number) => change(id, phase, number, { seconds: effort(id, phase, number).effort.seconds + 15 }).effort,
    efforts: async (id) => seed.workflow.phases.map((phase) => effort(id, phase.id, '')),
    correct: async (id, phase, number, seconds) => change(id, phase, number, { correction: seconds - effort(id, phase, number).effort.seconds }),
    estimate: async (id, phase, number, minutes, without) => change(id, phase, number, { estimate: minutes, without }),
  };
}

function thread(projectId: string, phase: string, step: string, runs: Run[], over: boolean): Thread {
  const refinements = runs.filter((run) => run.kind === 'refine' && !['failed', 'canceled', 'interrupted'].includes(run.state)).length;
  const warning = refinements < 2 ? '' : `Refinement ${refinements} of 3. Is it getting better? If not, start over with a better specification.`;
  return { id: runs[0]?.id ?? '', projectId, phase, step, title: '', runs, refinements, limit: 3, warnAt: 2, warning, full: refinements >= 3, overridden: '', over, next: '', questions: [] };
}

/** The one thing to do now in a project of the fake. */
export function toDoOf(work: Work, gate: Gate | undefined, title: string): ToDo {
  const { project } = work;
  const due: DueItem[] = work.doneSteps.length >= 4
    ? [{ kind: 'trigger', id: 'milestone', title: 'Review after a milestone', phase: 'review', promptId: 'review', why: 'All steps of “Offline core” are done.', help: '', at: project.updatedAt, newRound: false }]
    : [];
  const base = { projectId: project.id, project: project.name, phase: gate?.phase ?? '', step: '', runId: '', promptId: '', path: '', command: '', due };
  if (!gate) return { ...base, kind: 'nothing', text: 'Every gate is passed.', why: 'There is nothing left that the workflow asks for.' };
  const busy = work.runs.find((run) => ['queued', 'running'].includes(run.state) && run.phase);
  if (busy) return { ...base, kind: 'wait', phase: busy.phase, step: busy.step ?? '', runId: busy.id, text: `${busy.model} is writing.`, why: 'Nothing is to be done until the answer is there.' };
  if (work.stale.size > 0) return { ...base, kind: 'stale', phase: 'spec', text: 'Request changed after Spec v2 was written.', why: 'Spec was made from a text that has changed since. Run it again, or say that it is still valid.' };
  const step = String(work.doneSteps.length + 1);
  if (gate.phase === 'build') return { ...base, kind: 'step', step, text: `Build step ${step}, “UTC offsets and clock changes”.`, why: 'It is the first step that waits for no other.' };
  if (gate.open) return { ...base, kind: 'pass', text: `Every condition is met. The gate to ${gate.nextTitle} is open.`, why: 'Passing it is a person’s act.' };
  if (gate.version === 0) return { ...base, kind: 'run', text: `Write ${title}: run its prompt, or copy it.`, why: 'Nothing is written yet.' };
  return { ...base, kind: 'tick', text: gate.sentence, why: `${gate.conditions.find((one) => one.state !== 'met')?.missing ?? ''}.` };
}

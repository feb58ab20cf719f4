// Prompts, runs and candidates of the fake. A run writes a fixed text, a few words at a time.
import type { Api } from '../client';
import { ApiError } from '../error';
import type { Candidate, ContextPlan, PromptText, Run, RunBlock, Segment } from '../types';
import { blocks, bytes, html } from './markdown';
import * as seed from './seed';
import type { Work, World } from './world';

type Parts = Pick<Api, 'prompts' | 'runs' | 'candidates'>;

const plan: ContextPlan = {
  parts: [
    { label: 'Prompt', path: '', version: 0, bytes: 4480, tokens: 1120 },
    { label: 'Request v3', path: 'request.md', version: 3, bytes: 9240, tokens: 2310 },
  ],
  prompt: 3430,
  reserve: 6908,
  window: 32768,
  limit: 32768,
  fits: true,
  over: 0,
};

/** Writes answers for the library, which runs prompts that belong to no phase. */
export interface Writer {
  /** Begins a run of a text; it writes what the script says. */
  begin(work: Work, text: string, script: string, more: Partial<Run>): Run;
}

export function fakeRuns(world: World, tell: (work: Work) => void): { parts: Parts; writer: Writer } {
  const timers = new Map<string, ReturnType<typeof setInterval>>();

  const find = (id: string): { work: Work; run: Run } => {
    for (const work of [...world.works.values(), world.library]) {
      const run = work.runs.find((one) => one.id === id);
      if (run) return { work, run };
    }
    throw new ApiError('not_found', 'There is no such run.');
  };

  const put = (id: string, change: Partial<Run>): Run => {
    const { work, run } = find(id);
    const next = { ...run, ...change };
    work.runs = work.runs.map((one) => (one.id === id ? next : one));
    world.emit(work.project.id, { run: next });
    tell(work);
    return next;
  };

  const prompt = (id: string, phase: string, model = ''): PromptText => {
    const work = world.work(id);
    const title = world.phase(phase).title;
    const text = `Write the ${title.toLowerCase()} of ${work.project.name}.\n\n${work.versions.get('request.md')?.at(-1)?.body ?? work.project.summary}\n`;
    const head = text.indexOf('\n\n') + 2;
    return {
      prompt: {
        projectId: id, phase, promptId: phase, title: `${title} prompt`, summary: '', revision: 'fake', variables: [
          { variable: { name: 'idea', type: 'long-text', label: 'Idea', help: 'What it is, in a few sentences.', required: true, default: '', options: [], source: '', example: '' }, value: work.project.summary, from: 'project', label: 'Project', path: '', version: 0, tokens: 12, missing: false },
        ], missing: [], hash: 'b5c1f00d', size: bytes(text), context: plan, model,
      },
      text,
      spans: [
        { name: '', start: 0, end: bytes(text.slice(0, head)) },
        { name: 'idea', start: bytes(text.slice(0, head)), end: bytes(text) },
      ],
    };
  };

  const finish = (id: string, state: string): Run => {
    clearInterval(timers.get(id));
    const { work, run } = find(id);
    const kept = world.answers.get(id);
    const path = outputOf(run);
    if (kept && state === 'succeeded') {
      kept.candidate = candidate(work, run, path);
      world.emit(work.project.id, { candidate: kept.candidate });
    }
    return put(id, { state, endedAt: new Date().toISOString(), answerSize: bytes(kept?.answer ?? '') });
  };

  const candidate = (work: Work, run: Run, path: string): Candidate => ({
    runId: run.id, projectId: run.projectId, phase: run.phase, path, state: 'open', version: 0,
    base: work.versions.get(path)?.length ?? 0, createdAt: new Date().toISOString(), decidedAt: '',
  });

  const outputOf = (run: Run): string => run.output || (run.phase ? world.phase(run.phase).output : `prompts/${run.promptId}.md`);

  const make = (id: string, phase: string, more: Partial<Run>): Run => write(world.work(id), prompt(id, phase).text, { phase, promptId: phase, ...more });

  const write = (work: Work, text: string, more: Partial<Run>): Run => {
    const now = new Date().toISOString();
    const run: Run = {
      id: world.id(), projectId: work.project.id, phase: '', kind: 'first', parentId: '', state: 'running', provider: 'ollama',
      model: 'qwen2.5-coder:14b', modelDigest: '', promptId: '', promptRevision: 'fake', promptPath: '', output: '', persona: '', batchId: '', promptHash: 'b5c1f00d',
      promptSize: bytes(text), inputs: [], variables: {}, parameters: { temperature: 0.2, numCtx: 32768, numPredict: 0 },
      context: plan, createdAt: now, startedAt: now, firstAt: '', endedAt: '', promptTokens: 3430, answerTokens: 0,
      loadMillis: 0, promptMillis: 0, answerMillis: 0, answerSize: 0, thinkingSize: 0, contractTotal: 2, doneReason: '',
      cut: false, unfinished: false, missing: [], ...more,
    };
    work.runs = [run, ...work.runs];
    world.answers.set(run.id, { prompt: text, answer: '' });
    world.emit(work.project.id, { run });
    tell(work);
    return run;
  };

  const stream = (run: Run): void => {
    const words = (world.answers.get(run.id)?.script ?? seed.spec).match(/\S+\s*/g) ?? [];
    let at = 0;
    timers.set(
      run.id,
      setInterval(() => {
        const kept = world.answers.get(run.id);
        const text = words.slice(at, at + 3).join('');
        at += 3;
        if (!kept || !text) {
          finish(run.id, 'succeeded');
          return;
        }
        const offset = bytes(kept.answer);
        kept.answer += text;
        const done = finished(kept.answer);
        world.emit(run.projectId, {
          delta: { runId: run.id, offset, text, blocks: done.length, blocksEnd: done.at(-1)?.end ?? 0, thinking: false, tokens: at * 2 },
        });
      }, 60),
    );
  };

  const detail = (id: string) => {
    const { run } = find(id);
    const kept = world.answers.get(id) ?? { prompt: '', answer: '' };
    const none: Candidate = { runId: '', projectId: '', phase: '', path: '', state: '', base: 0, version: 0, createdAt: '', decidedAt: '' };
    return { run, prompt: kept.prompt, answer: kept.answer, thinking: '', html: html(kept.answer), candidate: kept.candidate ?? none };
  };

  const begin: Writer['begin'] = (work, text, script, more) => {
    const run = write(work, text, more);
    world.answers.set(run.id, { prompt: text, answer: '', script });
    if (run.state === 'running') stream(run);
    return run;
  };

  const parts: Parts = {
    prompts: {
      show: async (id, phase, model) => prompt(id, phase, model),
      fill: async (id, phase) => prompt(id, phase),
    },
    runs: {
      list: async (id, phase) => world.work(id).runs.filter((run) => !phase || run.phase === phase),
      show: async (id) => detail(id),
      blocks: async (id, from) => {
        const { run, answer } = detail(id);
        const ended = run.endedAt !== '';
        const all = finished(answer);
        const end = all.at(-1)?.end ?? 0;
        return { run, from, blocks: ended ? [] : all.slice(from), end, tail: ended ? '' : answer.slice(end), thinking: '', html: ended ? html(answer) : '' };
      },
      start: async (id, phase, model) => {
        const run = make(id, phase, model ? { model } : {});
        stream(run);
        return run;
      },
      copy: async (id, phase) => make(id, phase, { state: 'waiting', provider: 'paste', model: '' }),
      cancel: async (id) => finish(id, 'canceled'),
      continue: async (id) => find(id).run,
      repair: async (id) => find(id).run,
      answer: async (id, { text, model }) => {
        const kept = world.answers.get(id);
        if (kept) kept.answer = text;
        put(id, { model });
        return finish(id, 'succeeded');
      },
    },
    candidates: {
      review: async (id) => {
        const { run, answer, candidate: open } = detail(id);
        const work = world.work(run.projectId);
        const current = world.document(work, open.path);
        const row = (text: string, i: number) => ({ oldLine: 0, newLine: i + 1, old: [] as Segment[], new: [{ text, changed: true }], tick: '' });
        const lines = answer.split('\n');
        return {
          candidate: open, run, current: current.version, moved: false, edited: false, base: current.version, merges: false, added: lines.length, removed: 0,
          sections: [{ id: 0, title: run.phase ? world.phase(run.phase).title : run.promptId, kind: 'added', since: '', clash: false, take: true, diff: { added: lines.length, removed: 0, ticked: 0, unticked: 0, moves: [], hunks: [{ same: false, move: 0, rows: lines.map(row) }] } }],
        };
      },
      accept: async (id, choice) => {
        const { run, answer, candidate: open } = detail(id);
        const work = world.work(run.projectId);
        const version = world.write(work, open.path, choice.body || answer, { kind: 'model', name: run.model }, 'accepted', 'Accept the answer', id);
        decide(id, 'accepted', version.number);
        world.emit(run.projectId, { artifact: world.document(work, open.path).artifact });
        tell(work);
        return version;
      },
      discard: async (id) => decide(id, 'discarded', 0),
    },
  };
  return { parts, writer: { begin } };

  function decide(id: string, state: string, version: number): Candidate {
    const kept = world.answers.get(id);
    if (!kept?.candidate) throw new ApiError('not_found', 'There is no answer to decide about.');
    kept.candidate = { ...kept.candidate, state, version, decidedAt: new Date().toISOString() };
    world.emit(kept.candidate.projectId, { candidate: kept.candidate });
    tell(world.work(kept.candidate.projectId));
    return kept.candidate;
  }
}

/** The blocks that are certain not to change: all but the last. */
function finished(answer: string): RunBlock[] {
  let start = 0;
  return blocks(answer)
    .slice(0, -1)
    .map((block) => {
      const from = start;
      start = from + bytes(block) + 2;
      return { start: from, end: start, html: html(block) };
    });
}

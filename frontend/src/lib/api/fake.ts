// An in-memory Plumbline for tests and for `npm run fake`. It is never part of a build.
import type { Api } from './client';
import { ApiError } from './error';
import type { EventSourceLike } from './events';
import { fakeRuns } from './fake/runs';
import * as seed from './fake/seed';
import { fakeData } from './fake/data';
import { fakeHandoff } from './fake/handoff';
import { fakeLedger } from './fake/ledger';
import { fakeProofs } from './fake/proofs';
import { fakeLibrary } from './fake/library';
import * as past from './fake/past';
import { planText } from './fake/steps';
import { fakeWork } from './fake/work';
import { me, type Work, World } from './fake/world';
import type { AppInfo, Gate, GateRecord, Settings } from './types';

export interface Fake {
  api: Api;
  source: EventSourceLike;
  world: World;
}

/** Makes a fake. `empty` has no projects and no model; `findings` are added to those of the ledger. */
export function createFake(options: { empty?: boolean; ollama?: boolean; findings?: number } = {}): Fake {
  const world = new World();
  if (!options.empty) fill(world);
  let settings: Settings = { ...seed.settings };
  const running = options.ollama ?? true;
  const off = { ...seed.models, running: false, version: '', models: [], default: '', message: 'Ollama is not answering on port 11434.', hint: 'Start it, or copy the prompt and paste the answer.' };
  const status = () => (running ? { ...seed.models, default: settings.defaultModel || seed.models.default } : off);
  const overview = (id: string) => world.overview(world.work(id));
  const tell = (work: Work): void => {
    if (work !== world.library) world.emit(work.project.id, { overview: world.overview(work) });
  };
  const { parts, writer } = fakeRuns(world, tell);

  const act = (id: string, phase: string, action: string, reason = ''): Gate => {
    const work = world.work(id);
    const record: GateRecord = {
      id: world.id(), projectId: id, phase, action, by: me, at: new Date().toISOString(), reason,
      waived: action === 'waive' ? world.conditions(work, world.phase(phase)).filter((c) => c.state !== 'met').map((c) => c.missing) : [],
      seen: {}, path: world.phase(phase).output, hash: '', causes: [],
    };
    work.records = [...work.records, record];
    if (action === 'pass' || action === 'waive') work.passed.add(phase);
    if (['reopen', 'unfreeze', 'change'].includes(action)) work.passed.delete(phase);
    if (action === 'sign') work.signed.add(phase);
    if (['unsign', 'unfreeze', 'change'].includes(action)) work.signed.delete(phase);
    if (action === 'still-valid') work.stale.delete(phase);
    const gate = world.gate(work, phase);
    world.emit(id, { gate });
    tell(work);
    return gate;
  };

  const findings = fakeLedger(world, 'Kilnlog', options.findings ?? 0);
  const proofs = fakeProofs(world, act, tell);
  const api: Api = {
    app: {
      info: async () => info(world),
      retry: async () => info(world),
    },
    projects: {
      list: async () => [...world.works.values()].map((work) => world.overview(work)),
      create: async (wish) => {
        if (!wish.name.trim()) throw new ApiError('invalid', 'A project needs a name.', 'Give it one.');
        const work = world.add(wish.name.trim(), wish.idea.split('\n')[0] ?? '');
        tell(work);
        return work.project;
      },
      overview: async (id) => overview(id),
      find: async (ref) => overview(ref).project,
      rename: async (id, name) => {
        const work = world.work(id);
        work.project = { ...work.project, name };
        tell(work);
        return work.project;
      },
      handoff: async (id, ask) => fakeHandoff(world.work(id).project, ask),
      handoffTo: async (id, ask, path) => ({ ...fakeHandoff(world.work(id).project, ask), path }),
      moments: async (id) => past.moments(world, world.work(id)),
      at: async (id, time) => past.projectAt(world, world.work(id), time),
      search: async (id, words, path) => past.search(world, world.work(id), words, path),
    },
    artifacts: {
      ...proofs.artifacts,
      list: async (id) => [...world.work(id).versions.keys()].map((path) => world.document(world.work(id), path).artifact),
      document: async (id, path, version) => world.document(world.work(id), path, version),
      save: async (id, { path, body, message }) => {
        const work = world.work(id);
        const version = world.write(work, path, body, me, 'saved', message || 'Edit');
        world.emit(id, { artifact: world.document(work, path).artifact });
        tell(work);
        return version;
      },
      draft: async (id, path) => world.work(id).drafts.get(path) ?? { projectId: id, path, base: -1, body: '', at: '' },
      keepDraft: async (id, draft) => {
        world.work(id).drafts.set(draft.path, draft);
        return draft;
      },
      dropDraft: async (id, path) => world.work(id).drafts.delete(path),
      log: async (id, path, page = {}) => past.log(world.work(id), path, page),
      blame: async (id, path, version) => past.blame(world.work(id), path, version),
      diff: async (id, path, from, to) => {
        const list = world.work(id).versions.get(path) ?? [];
        const [a, b] = [list[from - 1], list[to - 1]];
        if (!a || !b) throw new ApiError('not_found', 'There is no such version.');
        return { from: a.version, to: b.version, diff: past.diffLines(a.body, b.body) };
      },
      tick: async (id, path, _offset, _version, done) => {
        const work = world.work(id);
        const item = world.items(work, path).find((one) => one.offset === _offset);
        const body = work.versions.get(path)?.at(-1)?.body ?? '';
        if (!item) throw new ApiError('conflict', 'The box is not there any more.', 'The document has been loaded again.');
        const lines = body.split('\n');
        lines[item.line - 1] = (lines[item.line - 1] ?? '').replace(/\[[ xX]\]/, done ? '[x]' : '[ ]');
        work.ticks.delete(item.key);
        if (done) work.confirmed.add(item.key);
        else work.confirmed.delete(item.key);
        const version = world.write(work, path, lines.join('\n'), me, 'ticked', `${done ? 'Tick' : 'Untick'} “${item.text}”`);
        world.emit(id, { artifact: world.document(work, path).artifact });
        tell(work);
        return version;
      },
      waiveItem: async () => {
        throw new ApiError('unavailable', 'The fake waives nothing.');
      },
      restore: async (id, path, number) => {
        const work = world.work(id);
        const old = work.versions.get(path)?.[number - 1];
        const version = world.write(work, path, old?.body ?? '', me, 'restored', `Restore version ${number}`);
        world.emit(id, { artifact: world.document(work, path).artifact });
        tell(work);
        return past.restored(version);
      },
      restoreSection: async () => {
        throw new ApiError('unavailable', 'The fake restores no sections.');
      },
    },
    ...parts,
    releases: proofs.releases,
    gates: {
      ...proofs.gates,
      show: async (id, phase) => world.gate(world.work(id), phase),
      pass: async (id, phase) => act(id, phase, 'pass'),
      waive: async (id, phase, reason) => act(id, phase, 'waive', reason),
      reopen: async (id, phase, reason) => act(id, phase, 'reopen', reason),
      sign: async (id, phase) => act(id, phase, 'sign'),
      unsign: async (id, phase) => act(id, phase, 'unsign'),
      unfreeze: async (id, phase, reason) => act(id, phase, 'unfreeze', reason),
      openForChange: async (id, phase, request) => act(id, phase, 'change', request),
      stillValid: async (id, phase, reason) => act(id, phase, 'still-valid', reason),
      records: async (id) => world.work(id).records,
    },
    findings,
    work: fakeWork(world, writer, tell, findings),
    models: { status: async () => status() },
    library: fakeLibrary(world, writer),
    specs: {
      preview: async () => ({ items: [], problems: [] }),
      take: async () => [],
    },
    settings: {
      show: async () => settings,
      set: async (key, value) => {
        if (key === 'ollamaUrl' && !/^https?:\/\//.test(value)) {
          throw new ApiError('invalid', `“${value}” is not the address of a server.`, 'It looks like http://127.0.0.1:11434.');
        }
        settings = { ...settings, [key]: typeof settings[key] === 'boolean' ? value === 'true' : typeof settings[key] === 'number' ? Number(value) : value };
        world.emit('', { settings });
        if (key === 'defaultModel') world.emit('', { models: status() });
        return settings;
      },
    },
    data: fakeData(world),
    events: { since: async () => ({ ...world.position(), resync: true, events: [] }) },
  };
  return {
    api,
    world,
    source: { subscribe: (listener) => world.subscribe(listener), connection: () => () => undefined },
  };
}

function fill(world: World): void {
  for (const { name, summary, passed, stale, hoursAgo } of seed.projects) {
    const at = new Date(Date.now() - hoursAgo * 3_600_000);
    const work = world.add(name, summary, at);
    const phases = seed.workflow.phases.filter((phase) => !phase.strip);
    phases.slice(0, passed).forEach((phase) => {
      world.write(work, phase.output, seed.request, me, 'created', `Write ${phase.title}`);
      work.passed.add(phase.id);
    });
    if (stale) work.stale.add('spec');
    if (name === 'Tidewatch') {
      seedTicks(work);
      world.write(work, 'spec.md', seed.spec.replace(' and states the limit', ''), { kind: 'model', name: 'qwen2.5-coder:14b' }, 'accepted', 'First draft from Request v1');
      world.write(work, 'spec.md', seed.spec, me, 'saved', 'Reject long ranges');
    }
    if (passed >= 3) {
      world.write(work, 'plan.md', planText(name, 6), { kind: 'model', name: 'qwen2.5-coder:14b' }, 'accepted', 'Cut it into steps');
      work.doneSteps = ['1', '2', '3', '4', '5', '6'];
    }
    if (name === 'Kilnlog') world.write(work, 'release.md', '# Release\n', me, 'created', 'Write Release');
    work.project = { ...work.project, updatedAt: at.toISOString() };
  }
}

/** One box is done by a command, another one is to be looked at again. */
function seedTicks(work: Work): void {
  const key = (text: string): string => `5 Acceptance checklist\u001f${text}`;
  const at = new Date(Date.now() - 7_200_000).toISOString();
  const evidence = { kind: 'command', text: 'go test ./predict -run Reference', exit: 0, output: 'ok  	tidewatch/predict	1.842s', ref: '', inputs: [{ name: '', path: 'request.md', part: 'Acceptance checklist', version: 1, hash: '' }] };
  work.ticks.set(key('Predictions for the 12 reference stations are within 2 minutes and 3 cm of the published 2025 tables.'), { state: 'done', by: me, at, reason: '', evidence });
  work.ticks.set(key('`tidewatch next` answers in under 50 ms on a cold start.'), { state: 'recheck', by: me, at, reason: '', evidence: { ...evidence, text: 'make bench' } });
}

function info(world: World): AppInfo {
  return { version: '0.1.0', epoch: world.epoch, dataDir: '/home/ada/.local/share/plumbline', platform: 'linux', door: 'serve' };
}

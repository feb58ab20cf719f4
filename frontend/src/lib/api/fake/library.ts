// The prompt library of the fake: prompts of its own wording, filled, run and kept in memory.
import type { Api } from '../client';
import { ApiError } from '../error';
import type { ContextPlan, FilledPrompt, FilledVariable, ImportItem, OwnChecklist, Pack, PromptCard, PromptDetail, PromptOrder, Run, SharedFinding, Shelf, Variable } from '../types';
import { bytes, html, items } from './markdown';
import { diffLines } from './past';
import { type FakePrompt, findings, nextPrompt, personas, practice, prompts as seeds } from './prompts';
import type { Writer } from './runs';
import * as seed from './seed';
import { fileOf, fillTemplate, readFile } from './template';
import { me, type World } from './world';

const seedPacks = ['Payments', 'Authentication', 'File upload', 'REST API', 'Real-time chat', 'Command-line tool', 'Desktop app', 'Library'].map(pack);

const tokens = (text: string): number => Math.ceil(bytes(text) / 4);

export function fakeLibrary(world: World, writer: Writer): Api['library'] {
  const known = new Map<string, FakePrompt>(seeds.map((one) => [one.id, one]));
  const values = new Map<string, Record<string, string>>();
  const removed = new Map<string, FakePrompt>();
  const facts = new Map<string, Record<string, string>>();
  const batches = new Map<string, { projectId: string; runs: string[] }>();
  seeds.filter((one) => one.source !== 'built-in').forEach((one) => world.write(world.library, pathOf(one), fileOf(one, one.variables, one.body), me, 'created', 'Write it'));

  const habits = '- [ ] I try what a model calls done\n- [ ] I keep the prompts that worked\n';
  const ownList = items(habits, new Set());
  let own: OwnChecklist = { id: 'mastery', title: 'Mastery', version: 0, html: html(habits, ownList), items: ownList, done: 0 };

  const find = (id: string): FakePrompt => {
    const one = known.get(id);
    if (!one) throw new ApiError('not_found', `There is no prompt “${id}” in the library.`);
    return one;
  };

  const card = (one: FakePrompt): PromptCard => ({
    id: one.id, title: one.title, summary: one.summary, phase: one.phase, group: one.group, tags: one.tags, source: one.source,
    path: one.source === 'built-in' ? '' : pathOf(one), overlays: one.overlays ?? false, behind: one.behind ?? false, favourite: one.favourite ?? false,
    meta: one.meta ?? false, tokens: tokens(one.body), uses: one.uses ?? 0, usedAt: one.hoursAgo === undefined ? '0001-01-01T00:00:00Z' : new Date(Date.now() - one.hoursAgo * 3_600_000).toISOString(),
    version: one.source === 'built-in' ? 0 : (world.library.versions.get(pathOf(one))?.length ?? 0),
  });

  const put = (one: FakePrompt): PromptCard => {
    known.set(one.id, one);
    world.emit('library', { library: { ids: [one.id] } });
    return card(one);
  };

  const detail = (one: FakePrompt): PromptDetail => ({
    card: card(one), purpose: one.purpose, variables: one.variables, contract: { reads: one.group === 'audits' ? 'findings' : 'text', none: '', sections: [], phrase: '' },
    takes: one.takes ?? [], follows: [], due: { every: one.due ?? '', launch: 0 }, reserve: 2048, revision: 'fake',
    text: world.library.versions.get(pathOf(one))?.at(-1)?.body ?? fileOf(one, one.variables, one.body), body: one.body, html: html(one.body), lint: [], origin: one.source === 'imported' ? 'fabric, patterns/summarise/system.md' : '',
  });

  const filledOf = (order: PromptOrder, variable: Variable): FilledVariable => {
    const work = order.projectId && order.projectId !== 'library' ? world.work(order.projectId) : undefined;
    const typed = order.values ? order.values[variable.name] : values.get(`${order.projectId} ${order.promptId}`)?.[variable.name];
    const artifact = variable.type === 'artifact' ? work?.versions.get(variable.source) : undefined;
    const from = (value: string, source: string, label: string): FilledVariable => ({
      variable, value, from: value ? source : 'none', label: value ? label : '', path: '', version: 0, tokens: value ? tokens(value) : 0, missing: variable.required && !value.trim(),
    });
    if (typed) return from(typed, 'user', '');
    if (variable.source === 'given' && order.given) return from(order.given.text ?? world.answers.get(order.given.runId)?.answer ?? order.given.title, 'given', order.given.title);
    if (variable.source === 'persona.title') return from(personas.find((one) => one.id === order.persona)?.title ?? '', 'persona', 'Persona');
    if (artifact) {
      const title = seed.workflow.phases.find((one) => one.output === variable.source)?.title ?? variable.label;
      return { ...from(artifact.at(-1)?.body ?? '', 'artifact', `${title} v${artifact.length}`), path: variable.source, version: artifact.length };
    }
    if (variable.source === 'project.name' && work) return from(work.project.name, 'project', work.project.name);
    return from(variable.default, 'default', '');
  };

  const fill = (order: PromptOrder): FilledPrompt => {
    const one: FakePrompt = order.prompt ? documentPrompt(order) : find(order.promptId);
    const filled = one.variables.map((variable) => filledOf(order, variable));
    const { text, spans } = fillTemplate(one.body, filled);
    const parts = [{ label: 'Prompt', tokens: tokens(one.body) }, ...filled.filter((each) => each.tokens > 60).map((each) => ({ label: each.label || each.variable.label, tokens: each.tokens }))];
    const prompt = tokens(text);
    const context: ContextPlan = { parts: parts.map((part) => ({ ...part, path: '', version: 0, bytes: part.tokens * 4 })), prompt, reserve: 2048, window: 32768, limit: 32768, fits: prompt + 2048 < 32768, over: Math.max(0, prompt + 2048 - 32768) };
    return {
      promptId: one.id, projectId: order.projectId, title: one.title, missing: filled.filter((each) => each.missing).map((each) => each.variable.label), text, spans,
      variables: filled.map((each) => (each.from === 'artifact' ? { ...each, value: '' } : each)),
      hash: String(tokens(text)).padStart(8, '0'), size: bytes(text), context, model: order.model || seed.models.default,
    };
  };

  const documentPrompt = ({ projectId, prompt }: PromptOrder): FakePrompt => {
    const body = world.document(world.work(projectId), prompt).markdown;
    return { id: '', title: prompt, summary: '', purpose: '', phase: '', group: '', tags: [], source: 'yours', variables: [], body };
  };

  const launch = (order: PromptOrder, more: Partial<Run>): Run => {
    const filled = fill(order);
    if (filled.missing.length > 0 && more.state !== 'waiting') throw new ApiError('invalid', `${filled.missing[0]} is missing.`, 'Fill it in.');
    const one = known.get(order.promptId);
    if (one) put({ ...one, uses: (one.uses ?? 0) + 1, hoursAgo: 0 });
    return writer.begin(world.work(order.projectId), filled.text, one?.meta ? nextPrompt : findings, {
      promptId: order.promptId, promptPath: order.prompt, persona: order.persona, promptHash: filled.hash, promptSize: filled.size, context: filled.context,
      ...(order.given ? { given: order.given } : {}), ...(order.model ? { model: order.model } : {}), ...more,
    });
  };

  const allRuns = (): Run[] => [...world.works.values(), world.library].flatMap((work) => work.runs);

  const batch = (id: string) => {
    const kept = batches.get(id);
    if (!kept) throw new ApiError('not_found', 'There is no such batch.');
    const runs = kept.runs.flatMap((run) => allRuns().find((one) => one.id === run) ?? []);
    const by = runs.filter((run) => run.state === 'succeeded').map((run) => personas.find((one) => one.id === run.persona)?.title ?? run.persona);
    const shared: SharedFinding[] = by.length === 0 ? [] : [
      { title: 'A truncated download replaces the station list', severity: 'P1', category: 'reliability', where: 'stations/fetch.go:58', problem: 'The file is renamed before its length is checked.', fix: 'Compare with Content-Length first.', by },
      { title: 'The cache is never pruned', severity: 'P2', category: 'performance', where: 'cache/store.go:31', problem: 'It grows by 4 MB a day.', fix: 'Keep the last 30 days.', by: by.slice(0, 1) },
    ];
    return { id, projectId: kept.projectId, runs, findings: shared, notes: [], done: runs.every((run) => run.endedAt !== ''), markdown: findings, html: html(findings) };
  };

  const save = (text: string, message: string, id?: string): PromptDetail => {
    const read = readFile(text);
    if (!read) throw new ApiError('invalid', 'Line 2: the front matter needs an id and a title.', 'Begin the file with “---”, then “id:” and “title:”.');
    if (id === undefined && known.has(read.id)) throw new ApiError('conflict', `There is a prompt “${read.id}” already.`, 'Give this one another id.');
    const before = id === undefined ? undefined : known.get(id);
    const names = [...new Set([...read.body.matchAll(/\{\{[#^]?(\w+)\}\}/g)].map((match) => match[1] ?? ''))];
    const variables = names.map((name) => before?.variables.find((one) => one.name === name) ?? { name, type: 'long-text', label: name, help: '', required: false, default: '', options: [], source: '', example: '' });
    const next: FakePrompt = { purpose: '', phase: '', ...before, ...read, source: 'yours', variables };
    if (id !== undefined && id !== read.id) known.delete(id);
    world.write(world.library, pathOf(next), text, me, 'saved', message || 'Edit');
    world.emit('library', { artifact: world.document(world.library, pathOf(next)).artifact });
    put(next);
    return detail(next);
  };

  return {
    workflows: async () => seed.workflows,
    facts: async (id) => facts.get(id) ?? {},
    setFact: async (id, name, value) => {
      const known = { ...facts.get(id), [name]: value.trim() };
      facts.set(id, known);
      return known;
    },
    shelf: async (): Promise<Shelf> => ({ prompts: [...known.values()].map(card), problems: [], personas, packs: seedPacks, removed: [...removed.values()].map(card), dir: '/home/ada/.local/share/plumbline/library' }),
    search: async (q) => {
      const words = q.toLowerCase().split(/\s+/).filter(Boolean);
      return [...known.values()].filter((one) => words.every((word) => `${one.title} ${one.summary} ${one.tags.join(' ')} ${one.body}`.toLowerCase().includes(word))).map((one) => {
        const at = one.title.toLowerCase().indexOf(words[0] ?? '');
        return { id: one.id, title: at < 0 ? [] : [bytes(one.title.slice(0, at)), bytes(one.title.slice(0, at + (words[0]?.length ?? 0)))], summary: [] };
      });
    },
    detail: async (id) => detail(find(id)),
    upgrade: async (id) => {
      const one = find(id);
      const built = seeds.find((each) => each.id === id) ?? one;
      const from = fileOf(built, built.variables, built.body);
      const yours = detail(one).text;
      const builtIn = from.replace('Ask one question', 'Ask one single question');
      return { card: card(one), from, yours, builtIn, theirs: diffLines(from, builtIn), own: diffLines(from, yours), merged: yours.replace('Ask one question', 'Ask one single question'), conflicts: [] };
    },
    takeOver: async (id, { text, message }) => {
      const done = save(text, message, id);
      put({ ...find(id), behind: false });
      return { ...done, card: card(find(id)) };
    },
    save: async (id, { text, message }) => save(text, message, id),
    create: async ({ text, message }) => save(text, message),
    fill: async (order) => fill(order),
    keep: async (order) => {
      values.set(`${order.projectId} ${order.promptId}`, { ...values.get(`${order.projectId} ${order.promptId}`), ...order.values });
      return fill(order);
    },
    start: async (order) => launch(order, {}),
    copy: async (order) => launch(order, { state: 'waiting', provider: 'paste', model: '' }),
    runs: async (prompt, project) => world.work(project).runs.filter((run) => run.phase === '' && (prompt.includes('/') ? run.promptPath === prompt : run.promptId === prompt)),
    startBatch: async ({ order, personas: who }) => {
      const id = world.id();
      batches.set(id, { projectId: order.projectId, runs: who.map((persona) => launch({ ...order, persona }, { batchId: id }).id) });
      return batch(id);
    },
    next: async (given) => {
      const text = given.text ?? world.answers.get(given.runId)?.answer ?? '';
      const kind = /## Findings/.test(text) ? 'findings' : 'document';
      const metas = [...known.values()].filter((one) => one.meta).sort((a, b) => Number(b.takes?.includes(kind)) - Number(a.takes?.includes(kind)));
      return { kind, default: metas[0]?.id ?? '', prompts: metas.map((one) => one.id) };
    },
    preview: async (from) => ({
      items: 'path' in from ? [] : from.files.map((file): ImportItem => {
        const id = (file.path.split('/').at(-1) ?? 'prompt').replace(/\.\w+$/, '').toLowerCase();
        const duplicate = [...known.values()].find((one) => one.body.trim() === file.content.trim())?.id ?? '';
        return { file: file.path, format: file.path.endsWith('SKILL.md') ? 'skill' : 'markdown', id, title: id.replace(/-/g, ' '), path: `prompts/${id}.md`, text: fileOf({ id, title: id.replace(/-/g, ' '), summary: '', group: 'imported', tags: [] }, [], file.content), variables: [...file.content.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? ''), extra: /allowed-tools/.test(file.content) ? ['“allowed-tools” is kept as it is.'] : [], dropped: [], inert: /!`/.test(file.content) ? ['A command that would run in a shell comes in as text.'] : [], duplicate, replaces: '', clash: known.has(id), take: !duplicate };
      }),
      problems: [],
    }),
    take: async (items) => items.map((item) => save(item.text, 'Import').card),
    export: async ({ ids, format }) => ({ format, files: ids.map((id) => ({ path: format === 'skill' ? `${id}/SKILL.md` : `${id}.md`, content: detail(find(id)).text })), lost: format === 'plumbline' ? [] : ['Help and examples of variables have no place in this format.'], path: '' }),
    favourite: async (id, on) => put({ ...find(id), favourite: on }),
    customise: async (id) => {
      const one = { ...find(id), source: 'yours' as const, overlays: true };
      world.write(world.library, pathOf(one), fileOf(one, one.variables, one.body), me, 'created', 'Customise the built-in prompt');
      return put(one);
    },
    remove: async (id) => {
      const one = find(id);
      removed.set(pathOf(one), one);
      const built = seeds.find((each) => each.id === id && each.source === 'built-in');
      if (built) known.set(id, built);
      else known.delete(id);
      world.emit('library', { library: { ids: [id] } });
      return true;
    },
    putBack: async (path) => {
      const one = removed.get(path);
      if (!one) throw new ApiError('not_found', `There is no removed prompt ${path}.`);
      removed.delete(path);
      return put(one);
    },
    own: async () => [own],
    tickOwn: async (tick) => {
      const list = own.items.map((item) => (item.offset === tick.offset ? { ...item, state: tick.done ? ('done' as const) : ('open' as const) } : item));
      own = { ...own, items: list, html: html(habits, list), version: own.version + 1, done: list.filter((item) => item.state === 'done').length };
      return own;
    },
    practice: async () => {
      const first = [...world.works.values()][0]?.project;
      return first ? practice(first.id, first.name) : [];
    },
    chain: async (id) => {
      const links = [];
      for (let run = allRuns().find((one) => one.id === id); run; run = allRuns().find((one) => one.id === run?.given?.runId)) {
        const title = known.get(run.promptId)?.title ?? (run.promptPath || run.phase);
        links.unshift({ kind: 'run', title, runId: run.id, path: '', at: run.createdAt, state: run.state });
        if (run.given && !run.given.runId) links.unshift({ kind: run.given.path ? 'document' : 'text', title: run.given.title, runId: '', path: run.given.path, at: run.createdAt, state: '' });
      }
      return links;
    },
    batch: async (id) => batch(id),
    keepBatch: async (id) => {
      const { projectId, markdown } = batch(id);
      return world.write(world.work(projectId), 'answers/perspectives.md', markdown, { kind: 'plumbline', name: 'Plumbline' }, 'saved', 'Merged findings');
    },
  };
}

function pathOf(one: { id: string; group: string }): string {
  return `prompts/${one.id}.md`;
}

function pack(title: string): Pack {
  return { id: title.toLowerCase().replaceAll(' ', '-'), title, summary: '', feature: title, volume: '', standard: '', dependency: '', events: '', failures: [], compliance: [], text: '', source: 'built-in', base: '', revision: 'fake', file: '' };
}

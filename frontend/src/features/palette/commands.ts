import type { AppState } from '../../lib/state/app.svelte';
import type { Command } from '../../lib/state/commands.svelte';
import { currentPhase } from '../../lib/state/line';
import { links } from '../../lib/state/router.svelte';
import { promptActions, prompts } from './prompts';

/** What can be done from every screen. Views add what belongs to them. */
export function globalCommands(app: AppState): Command[] {
  return [...placesInProject(app), ...projects(app), ...actions(app), ...promptActions(app), ...models(app), ...settings(app), ...prompts(app)];
}

function placesInProject(app: AppState): Command[] {
  const { overview } = app;
  if (!overview) return [];
  const current = currentPhase(overview);
  const id = overview.project.id;
  const place = (of: string, title: string, icon: Command['icon'], words: string, href: string): Command => ({
    id: of, group: 'Go to', title, icon, detail: overview.project.name, words, run: () => app.router.go(href),
  });
  return [
    ...overview.phases.map((phase): Command => ({
      id: `phase ${phase.id}`,
      group: 'Go to',
      title: phase.title,
      icon: phase.strip ? 'list' : 'document',
      detail: phase.id === current?.id ? 'current phase' : phase.version ? `v${phase.version}` : phase.summary,
      words: overview.project.name,
      run: () => app.router.go(links.phase(id, phase.id)),
    })),
    {
      id: 'findings',
      group: 'Go to',
      title: 'Findings',
      icon: 'ring',
      detail: app.openFindings.count ? `${app.openFindings.count} open` : overview.project.name,
      words: 'ledger audits rounds severity bugs',
      run: () => app.router.go(links.findings(id)),
    },
    place('board', 'Board', 'columns', 'overview phases due now next todo', links.board(id)),
    ...(overview.phases.some((phase) => phase.output === 'plan.md') ? [place('steps', 'Steps', 'list', 'plan graph build check', links.plan(id))] : []),
    place('facts', 'Project facts', 'info', 'stack launch date domain pack conventions', links.facts(id)),
    {
      id: 'history',
      group: 'Go to',
      title: 'History',
      icon: 'history',
      detail: overview.project.name,
      words: 'versions compare restore',
      run: () => app.router.go(links.history(id)),
    },
    {
      id: 'export',
      group: 'Actions',
      title: `Export ${overview.project.name}`,
      icon: 'download',
      words: 'project file zip save move machine computer',
      ...(app.transfer.exporting ? { reason: 'A project is being exported.' } : {}),
      run: () => void app.transfer.export(overview.project),
    },
    {
      id: 'hand off',
      group: 'Actions',
      title: `Hand off ${overview.project.name}`,
      icon: 'download',
      detail: 'page, archive, AGENTS.md, Spec Kit, OpenSpec',
      words: 'handoff share markdown zip agents.md speckit spec kit openspec others',
      run: () => app.handoff.show(overview),
    },
  ];
}

/** Also the one that is open: its name must not find what acts on it first. */
function projects(app: AppState): Command[] {
  return app.projects.list.map((one): Command => ({
    id: `project ${one.project.id}`,
    group: 'Go to',
    title: one.project.name,
    icon: 'layers',
    detail: one.next,
    words: `project ${one.project.summary}`,
    run: () => app.router.go(links.phase(one.project.id)),
  }));
}

function actions(app: AppState): Command[] {
  return [
    {
      id: 'all projects',
      group: 'Go to',
      title: 'All projects',
      icon: 'layers',
      words: 'home',
      run: () => app.router.go(links.home()),
    },
    {
      id: 'new project',
      group: 'Actions',
      title: 'New project',
      icon: 'plus',
      words: 'create start idea',
      run: () => app.router.go(links.create()),
    },
    {
      id: 'import',
      group: 'Actions',
      title: 'Import a project',
      icon: 'folder',
      words: 'open file zip move machine computer',
      ...(app.transfer.importing ? { reason: 'A project is being imported.' } : {}),
      run: () => void app.transfer.import(),
    },
    {
      id: 'import specifications',
      group: 'Actions',
      title: 'Import specifications',
      icon: 'folder',
      words: 'spec kit speckit openspec handoff folder repository',
      run: app.specImport.ask,
    },
    {
      id: 'back up',
      group: 'Actions',
      title: 'Back up now',
      icon: 'download',
      words: 'backup save copy everything',
      ...(app.data.backingUp ? { reason: 'A backup is being made.' } : {}),
      run: () => dataAction(app, app.data.backUp),
    },
    {
      id: 'check everything',
      group: 'Actions',
      title: 'Check everything',
      icon: 'shield',
      words: 'verify damage backup',
      ...(app.data.checking ? { reason: 'Everything is being checked.' } : {}),
      run: () => dataAction(app, app.data.check),
    },
    {
      id: 'check models',
      group: 'Actions',
      title: 'Check Ollama again',
      icon: 'refresh',
      detail: app.models.running ? app.models.default : 'not running',
      words: 'models',
      ...(app.models.checking ? { reason: 'It is being checked now.' } : {}),
      run: () => void app.models.check(),
    },
  ];
}

/** Begins something whose outcome stands in the settings. */
function dataAction(app: AppState, act: () => Promise<void>): void {
  app.router.go(links.settings('data'));
  void act();
}

function models(app: AppState): Command[] {
  return app.models.list.map((model): Command => ({
    id: `model ${model.name}`,
    group: 'Models',
    title: model.name,
    icon: model.remote ? 'cloud' : 'chip',
    detail: model.name === app.models.default ? 'used by Run' : 'use it by default',
    words: 'model default',
    ...(model.name === app.models.default ? { reason: 'Run uses it already.' } : {}),
    run: () => void app.settings.set('defaultModel', model.name),
  }));
}

function settings(app: AppState): Command[] {
  const dark = document.documentElement.dataset.theme === 'dark';
  const place = (section: string, title: string, words: string): Command => ({
    id: `settings ${section}`,
    group: 'Settings',
    title,
    icon: 'settings',
    words,
    run: () => app.router.go(links.settings(section)),
  });
  return [
    place('models', 'Settings: models', 'ollama address default'),
    place('appearance', 'Settings: appearance', 'theme text size'),
    place('you', 'Settings: your name', 'author'),
    place('gates', 'Settings: gates', 'open questions'),
    place('library', 'Settings: prompt library', 'practice chat site copy'),
    place('data', 'Settings: data and backups', 'folder path restore move version'),
    place('shortcuts', 'Settings: shortcuts', 'keys keyboard'),
    {
      id: 'theme',
      group: 'Settings',
      title: dark ? 'Use the light theme' : 'Use the dark theme',
      icon: dark ? 'sun' : 'moon',
      words: 'appearance night day',
      run: () => void app.settings.set('theme', dark ? 'light' : 'dark'),
    },
  ];
}

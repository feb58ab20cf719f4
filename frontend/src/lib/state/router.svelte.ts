/** How the steps of the plan are shown; the answer is that of the step. */
const planViews = ['list', 'graph', 'answer'] as const;
export type PlanView = (typeof planViews)[number];

/** Where the page is. Everything about it is in the address. */
export type Route =
  | { name: 'home' }
  | { name: 'new' }
  | { name: 'phase'; project: string; phase: string; tab: string }
  | { name: 'history'; project: string; path: string }
  /** The finding is an id; empty for none. */
  | { name: 'findings'; project: string; finding: string; only: string }
  | { name: 'board'; project: string }
  /** The steps of the plan; without a step, the one to do now. */
  | { name: 'plan'; project: string; step: string; view: PlanView }
  | { name: 'facts'; project: string }
  /** Without a project: empty. The prompt is an id, or the path of a document that is one. */
  | { name: 'library'; project: string; prompt: string; tab: string }
  | { name: 'settings'; section: string };

/** The addresses of the screens. */
export const links = {
  home: () => '#/',
  create: () => '#/new',
  /** Without a phase: the current one. Without a tab: the one that fits. */
  phase: (project: string, phase = '', tab = '') =>
    ['#/p', project, phase, tab].filter((part) => part !== '').map(encode).join('/'),
  history: (project: string, path = '') =>
    `#/p/${encode(project)}/history${path && `?path=${encodeURIComponent(path)}`}`,
  /** With a finding, it is the one that is shown; "open", "P1" and the like list only those. */
  findings: (project: string, finding = '', only = '') =>
    `#/p/${encode(project)}/findings${finding && `/${encode(finding)}`}${only && `?only=${encodeURIComponent(only)}`}`,
  board: (project: string) => `#/p/${encode(project)}/board`,
  /** Not “plan”: that is the phase that writes the plan. */
  plan: (project: string, step = '', view: PlanView = 'list') =>
    `#/p/${encode(project)}/steps${step && `/${encode(step)}`}${view === 'list' ? '' : `?view=${view}`}`,
  facts: (project: string) => `#/p/${encode(project)}/facts`,
  /** Without a tab: the prompt itself. */
  library: (project = '', prompt = '', tab = '') =>
    [...(project ? ['#/p', project] : ['#']), 'library', ...(prompt ? [prompt] : []), ...(prompt && tab ? [tab] : [])].map(encode).join('/'),
  settings: (section = 'models') => `#/settings/${encode(section)}`,
};

function encode(part: string): string {
  return part.startsWith('#') ? part : encodeURIComponent(part);
}

/** Reads an address; what it does not know is home. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = path.split('/').filter(Boolean).map(decode);
  if (first === 'new') return { name: 'new' };
  if (first === 'settings') return { name: 'settings', section: second || 'models' };
  if (first === 'library') return { name: 'library', project: '', prompt: second, tab: third };
  if (first !== 'p' || !second) return { name: 'home' };
  if (third === 'history') {
    return { name: 'history', project: second, path: new URLSearchParams(query).get('path') ?? '' };
  }
  if (third === 'findings') {
    return { name: 'findings', project: second, finding: fourth, only: new URLSearchParams(query).get('only') ?? '' };
  }
  if (third === 'board') return { name: 'board', project: second };
  if (third === 'facts') return { name: 'facts', project: second };
  if (third === 'steps') {
    return { name: 'plan', project: second, step: fourth, view: planView(new URLSearchParams(query).get('view')) };
  }
  if (third === 'library') return { name: 'library', project: second, prompt: fourth, tab: fifth };
  return { name: 'phase', project: second, phase: third, tab: fourth };
}

function planView(name: string | null): PlanView {
  return planViews.find((one) => one === name) ?? 'list';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The part of the browser the router needs. */
export interface Place {
  hash(): string;
  go(hash: string): void;
  replace(hash: string): void;
  listen(callback: () => void): () => void;
}

export class Router {
  route = $state.raw<Route>({ name: 'home' });
  /** The project the page is in; empty outside of projects. */
  readonly project = $derived('project' in this.route ? this.route.project : '');
  /** Changes when another screen is shown, not when a tab of it is. */
  readonly screen = $derived.by(() => {
    const route = this.route;
    if (route.name === 'phase') return `phase ${route.project} ${route.phase}`;
    return 'project' in route ? `${route.name} ${route.project}` : route.name;
  });

  constructor(private readonly place: Place) {
    this.route = parse(place.hash());
  }

  /** Follows the address until the returned function is called. */
  start(): () => void {
    this.route = parse(this.place.hash());
    return this.place.listen(() => {
      this.route = parse(this.place.hash());
    });
  }

  go = (hash: string): void => {
    if (this.place.hash() === hash) this.route = parse(hash);
    else this.place.go(hash);
  };

  /** Goes there without a step in the history of the browser. */
  replace = (hash: string): void => {
    this.place.replace(hash);
    this.route = parse(hash);
  };
}

import {
  type Api,
  ApiError,
  type Event,
  type Finding,
  type FindingAct,
  type FindingSplit,
  type FindingState,
  type FindingVerb,
  type Ledger,
  type LedgerSummary,
  type Level,
  type RoundStatus,
  toApiError,
  type Version,
} from '../api';
import { type Cell, isOpen, openAfter, roundPlaces, stripOf } from './rounds';

export const levels: readonly Level[] = ['P0', 'P1', 'P2', 'P3'];

/** The states in the order in which people look at them. */
export const states: readonly FindingState[] = ['returned', 'open', 'scheduled', 'accepted', 'fixed', 'duplicate'];

export type FindingSort = 'severity' | 'newest' | 'place';

/** Which findings are listed. What is empty leaves nothing out. */
export interface FindingFilter {
  levels: Level[];
  /** "unsettled" are those that are open or came back. */
  state: '' | 'unsettled' | FindingState;
  category: string;
  words: string;
  /** Only those that may be another one. */
  doubtful: boolean;
}

const everything: FindingFilter = { levels: [], state: '', category: '', words: '', doubtful: false };
const noAct: Omit<FindingAct, 'verb' | 'ids'> = { reason: '', step: '', date: '', commit: '', severity: '', into: '' };
const noSummary: LedgerSummary = { total: 0, byState: {}, open: {}, doubtful: 0 };

/** The findings of a project: listed, filtered, and what a person does with them. */
export class FindingsState {
  findings = $state.raw<Finding[]>([]);
  ledger = $state.raw<Ledger>();
  error = $state.raw<ApiError>();
  /** Why the last act was refused. */
  refused = $state.raw<ApiError>();
  busy = $state<FindingVerb | 'split' | 'steps' | ''>('');
  filter = $state.raw<FindingFilter>(everything);
  sort = $state<FindingSort>('severity');
  /** Those that are acted on together, by their ids. */
  marked = $state.raw<ReadonlySet<string>>(new Set());

  readonly loaded = $derived(this.ledger !== undefined);
  readonly summary = $derived(this.ledger?.summary ?? noSummary);
  readonly open = $derived(Object.values(this.summary.open).reduce((sum, n) => sum + n, 0));
  readonly rounds = $derived(this.ledger?.curve.rounds ?? []);
  readonly filtered = $derived(this.filter !== everything);
  readonly byId = $derived(new Map(this.findings.map((one) => [one.id, one])));
  readonly rows = $derived(this.list());
  readonly strips = $derived(this.draw());
  /** How many were open after each round. */
  readonly openAfter = $derived(openAfter(this.strips.values(), this.rounds.length, this.open));
  readonly categories = $derived(this.ledger?.categories ?? []);

  /** Where the rounds of the audits stand; not known where no phase is one. */
  round = $state.raw<RoundStatus>();
  /** The number of the round that an audit would be of. */
  readonly nextRound = $derived(this.round ? this.round.number + (this.round.ready ? 1 : 0) : this.rounds.length + 1);

  private loading: Promise<void> | undefined;
  private stale = false;
  private readonly texts = new WeakMap<Finding, string>();

  constructor(
    private readonly api: Pick<Api, 'findings' | 'work' | 'artifacts'>,
    readonly project: string,
  ) {}

  /** Loads everything anew. What changes while it is on its way is loaded after it. */
  load = (): Promise<void> => {
    this.stale = this.loading !== undefined;
    this.loading ??= this.fetch().finally(() => {
      this.loading = undefined;
      if (this.stale) void this.load();
    });
    return this.loading;
  };

  /** The advised number of rounds is reached: the next one needs a reason. */
  readonly over = $derived(this.round !== undefined && this.round.ready && this.round.over);

  /** Looks where the rounds of a phase stand. Without an answer they are counted by what was filed. */
  follow = async (phase: string): Promise<void> => {
    this.round = phase ? await this.api.work.round(this.project, phase).catch(() => undefined) : undefined;
  };

  /** Begins the next round, where the last one has something to show. Returns why it could not be. */
  begin = async (reason = ''): Promise<ApiError | undefined> => {
    const { round } = this;
    if (!round?.ready) return undefined;
    try {
      this.round = await this.api.work.beginRound(this.project, round.phase, reason.trim());
      return undefined;
    } catch (cause) {
      return toApiError(cause);
    }
  };

  apply(event: Event): void {
    if (event.ledger && event.projectId === this.project) void this.load();
  }

  choose = (change: Partial<FindingFilter>): void => {
    const next = { ...this.filter, ...change };
    this.filter = JSON.stringify(next) === JSON.stringify(everything) ? everything : next;
  };

  clear = (): void => {
    this.filter = everything;
  };

  /** Lists a severity alone or beside others, or no longer. */
  toggle = (level: Level): void => {
    const { levels: now } = this.filter;
    this.choose({ levels: now.includes(level) ? now.filter((one) => one !== level) : levels.filter((one) => one === level || now.includes(one)) });
  };

  /** Reads a filter from an address: "open,P0,P1". */
  read(words: string): void {
    const parts = words.split(',');
    const state = parts.includes('open') ? 'unsettled' : states.find((one) => parts.includes(one));
    this.filter = everything;
    this.choose({ levels: levels.filter((one) => parts.includes(one)), state: state ?? '', doubtful: parts.includes('doubtful') });
  }

  /** A finding by its id or its number. */
  find(ref: string): Finding | undefined {
    return this.byId.get(ref) ?? this.findings.find((one) => one.number === ref);
  }

  /** The finding before or after one in the list; without it, the first. */
  beside(id: string, by: number): Finding | undefined {
    const at = this.rows.findIndex((one) => one.id === id);
    if (at < 0) return this.rows[0];
    return this.rows[Math.max(0, Math.min(this.rows.length - 1, at + by))];
  }

  mark = (id: string): void => {
    const next = new Set(this.marked);
    if (!next.delete(id)) next.add(id);
    this.marked = next;
  };

  unmark = (): void => {
    this.marked = new Set();
  };

  act = (verb: FindingVerb, ids: string[], more: Partial<FindingAct> = {}): Promise<boolean> =>
    this.send(verb, () =>
      this.api.findings.act(this.project, { ...noAct, ...more, verb, ids }),
    );

  split = (wish: FindingSplit): Promise<boolean> => this.send('split', () => this.api.findings.split(this.project, wish));

  /** Makes steps of the plan of some, which are scheduled for them by that. Returns the version of the plan. */
  addSteps = async (ids: string[]): Promise<Version | undefined> => {
    let added: Version | undefined;
    await this.send('steps', async () => {
      added = await this.api.work.addSteps(this.project, ids);
      return (await this.api.findings.list(this.project)).findings; // they know their steps
    });
    return added;
  };

  /** Takes the steps that a version has added out of the plan, and opens their findings again. */
  dropSteps = (added: Version, ids: string[]): Promise<boolean> =>
    this.send('steps', async () => {
      const { version } = await this.api.artifacts.document(this.project, added.path);
      if (version.number !== added.number) throw new ApiError('conflict', 'The plan has been changed since.', 'Take the steps out of it by hand, and open the findings again.');
      await this.api.artifacts.restore(this.project, added.path, added.number - 1);
      return this.api.findings.act(this.project, { ...noAct, verb: 'reopen', ids });
    });

  private async send(what: FindingVerb | 'split' | 'steps', call: () => Promise<Finding[]>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = what;
    this.refused = undefined;
    try {
      const changed = new Map((await call()).map((one) => [one.id, one]));
      const known = this.findings.map((one) => changed.get(one.id) ?? one);
      const added = [...changed.values()].filter((one) => !this.byId.has(one.id));
      this.findings = [...known, ...added];
      this.unmark();
      void this.load(); // the counts are the backend's
      return true;
    } catch (cause) {
      this.refused = toApiError(cause);
      return false;
    } finally {
      this.busy = '';
    }
  }

  private async fetch(): Promise<void> {
    try {
      const [ledger, list] = await Promise.all([this.api.findings.ledger(this.project), this.api.findings.list(this.project)]);
      this.ledger = ledger;
      this.findings = list.findings;
      this.error = undefined;
      const ids = new Set(list.findings.map((one) => one.id));
      if ([...this.marked].some((id) => !ids.has(id))) this.marked = new Set([...this.marked].filter((id) => ids.has(id)));
    } catch (cause) {
      this.error = toApiError(cause);
    }
  }

  private list(): Finding[] {
    const words = this.filter.words.toLowerCase().split(/\s+/).filter(Boolean);
    const list = this.findings.filter((one) => fits(one, this.filter) && words.every((word) => this.textOf(one).includes(word)));
    return list.sort(orders[this.sort]);
  }

  private draw(): ReadonlyMap<string, Cell[]> {
    const places = roundPlaces(this.rounds, this.ledger?.filings ?? []);
    return new Map(this.findings.map((one) => [one.id, stripOf(one, this.rounds, places)]));
  }

  private textOf(one: Finding): string {
    let text = this.texts.get(one);
    if (text === undefined) {
      text = [one.number, one.title, one.category, one.location, one.problem, one.fix, one.reason].join('\n').toLowerCase();
      this.texts.set(one, text);
    }
    return text;
  }
}

function fits(one: Finding, { levels: wanted, state, category, doubtful }: FindingFilter): boolean {
  return (
    (wanted.length === 0 || wanted.some((level) => level === one.severity)) &&
    (state === '' || (state === 'unsettled' ? isOpen(one) : one.state === state)) &&
    (category === '' || one.category.toLowerCase() === category.toLowerCase()) &&
    (!doubtful || (one.doubt !== '' && one.state !== 'duplicate'))
  );
}

type Order = (a: Finding, b: Finding) => number;

const number = (one: Finding): number => Number(one.number.replace(/\D/g, ''));
const rank = (one: Finding): number => at(levels, one.severity);
const place = (one: Finding): number => at(states, one.state);

/** Where a word stands among others; unknown ones, such as no severity, are last. */
function at(list: readonly string[], word: string): number {
  const found = list.indexOf(word);
  return found < 0 ? list.length : found;
}

/** The worst first, those that are open before those that are settled. */
const worst: Order = (a, b) => Number(isOpen(b)) - Number(isOpen(a)) || rank(a) - rank(b) || place(a) - place(b) || number(a) - number(b);

const orders: Record<FindingSort, Order> = {
  severity: worst,
  newest: (a, b) => number(b) - number(a),
  place: (a, b) => a.location.localeCompare(b.location) || worst(a, b),
};

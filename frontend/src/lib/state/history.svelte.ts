import { type Api, type ApiError, type Artifact, type Document, type Event, type GateRecord, type LogLine, type Restored, toApiError, type VersionDiff } from '../api';
import { onTop, timeline, type VersionLine } from './history-line';

/** Whose versions are listed. */
export type AuthorFilter = '' | 'person' | 'model';

/** Lines of the log that are fetched at once. */
const page = 100;

/** The versions of one artifact and the comparison of two of them, A and B. */
export class HistoryState {
  artifacts = $state.raw<Artifact[]>([]);
  path = $state('');
  /** What has been fetched of the log, newest first. */
  log = $state.raw<LogLine[]>([]);
  /** All versions there are, fetched or not. */
  total = $state(0);
  /** Where the log goes on; 0 when all of it is here. */
  next = $state(0);
  author = $state<AuthorFilter>('');
  extending = $state(false);
  records = $state.raw<GateRecord[]>([]);
  diff = $state.raw<VersionDiff>();
  /** The first version has nothing before it: it is shown whole. */
  whole = $state.raw<Document>();
  /** The line of the whole version that is looked for; 0 for none. */
  line = $state(0);
  a = $state(0);
  b = $state(0);
  loaded = $state(false);
  comparing = $state(false);
  restoring = $state(false);
  error = $state.raw<ApiError>();

  readonly artifact = $derived(this.artifacts.find((one) => one.path === this.path));
  readonly lines = $derived(timeline(this.log, this.author === 'model' ? [] : this.records, this.path, this.artifact?.phase ?? '', this.next === 0));
  readonly versionLines = $derived(this.lines.filter((line): line is VersionLine => line.kind === 'version'));
  readonly current = $derived(this.total);
  /** The places of the diff that differ. */
  readonly places = $derived(this.diff?.diff.hunks.filter((hunk) => !hunk.same && hunk.rows.length > 0).length ?? 0);

  private turn = 0;
  private wanted: { path: string; a: number; b: number } | undefined;

  constructor(
    private readonly api: Pick<Api, 'artifacts' | 'gates'>,
    private readonly project: string,
  ) {}

  /** Loads the artifacts, and the history of one of them: the one asked for, or the one changed last. */
  load = async (path = this.path): Promise<void> => {
    try {
      const [artifacts, records] = await Promise.all([this.api.artifacts.list(this.project), this.api.gates.records(this.project)]);
      this.artifacts = artifacts.filter((one) => one.current.number > 0);
      this.records = records;
      const wanted = this.artifacts.find((one) => one.path === path) ?? newest(this.artifacts);
      if (wanted) await this.open(wanted.path);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
    this.loaded = true;
  };

  /** Shows the history of an artifact; stay keeps the two that are compared. */
  open = async (path: string, stay = false): Promise<void> => {
    const turn = ++this.turn;
    const same = path === this.path;
    try {
      const log = await this.api.artifacts.log(this.project, path, { lines: page, author: this.author });
      if (turn !== this.turn) return;
      const follow = !stay && (!same || this.b === this.current);
      this.path = path;
      // What has been fetched of older versions stays: versions do not change.
      const extended = same && this.log.length > log.lines.length;
      this.log = extended ? onTop(log.lines, this.log) : log.lines;
      this.next = extended ? this.next : log.next;
      this.total = log.total;
      if (this.wanted?.path === path) {
        this.a = this.wanted.a;
        this.b = this.wanted.b;
        this.wanted = undefined;
      } else if (follow) this.settle();
      this.error = undefined;
      this.loaded = true; // the list does not wait for the comparison
      await this.compare();
    } catch (cause) {
      if (turn === this.turn) this.error = toApiError(cause);
    }
  };

  /** Fetches older versions. */
  extend = async (): Promise<void> => {
    if (this.extending || this.next === 0) return;
    const { turn, path, next } = this;
    this.extending = true;
    try {
      const log = await this.api.artifacts.log(this.project, path, { before: next, lines: page, author: this.author });
      if (turn !== this.turn || path !== this.path) return;
      this.log = [...this.log, ...log.lines];
      this.next = log.next;
    } catch (cause) {
      this.error = toApiError(cause);
    } finally {
      this.extending = false;
    }
  };

  /** Lists the versions of everyone, of the person, or of models. The comparison stays. */
  filter = async (author: AuthorFilter): Promise<void> => {
    this.author = author;
    this.log = [];
    this.next = 0;
    await this.open(this.path, true);
  };

  /** Compares two versions of a document, at once or when its history is here. With A 0, B is shown whole, at a line. */
  look = (path: string, a: number, b: number, line = 0): void => {
    this.line = line;
    if (path !== this.path) {
      this.wanted = { path, a, b };
      return;
    }
    this.a = a;
    this.b = b;
    void this.compare();
  };

  apply(event: Event): void {
    const artifact = event.artifact;
    if (event.gate?.projectId === this.project) void this.loadRecords();
    if (artifact?.projectId !== this.project) return;
    const others = this.artifacts.filter((one) => one.path !== artifact.path);
    this.artifacts = this.artifacts.length === others.length ? [...others, artifact] : this.artifacts.map((one) => (one.path === artifact.path ? artifact : one));
    if (artifact.path === this.path && artifact.current.number > this.current) void this.open(this.path);
  }

  /** Chooses a version as one side of the comparison. The older one is always A. */
  choose = (side: 'a' | 'b', number: number): void => {
    const other = side === 'a' ? this.b : this.a;
    if (number === other) return;
    this.a = Math.min(number, other);
    this.b = Math.max(number, other);
    void this.compare();
  };

  /** Moves a side to the next older (1) or newer (-1) line. */
  step = (side: 'a' | 'b', by: 1 | -1): void => {
    const at = this.lineOf(side === 'a' ? this.a : this.b);
    const to = this.versionLines[at + by];
    if (!to) {
      if (by === 1 && this.next > 0 && !this.extending) void this.extend().then(() => this.step(side, by));
      return;
    }
    const number = to.version.number;
    if (side === 'b' && number <= this.a) {
      // B runs into A and pushes it on.
      const older = this.versionLines[at + by + 1];
      if (!older && by === 1 && this.a === 0) return;
      this.a = older?.version.number ?? before(to);
      this.b = number;
      void this.compare();
      return;
    }
    if (side === 'a' && number >= this.b) return;
    if (side === 'a') this.a = number;
    else this.b = number;
    void this.compare();
  };

  /** Shows what a line changed: the line as B, and what stood before it as A. */
  show = (line: VersionLine): void => {
    this.b = line.version.number;
    this.a = before(line);
    void this.compare();
  };

  /** Makes A, or with only one version B, the current version again. */
  restore = (number: number): Promise<Restored | undefined> => this.bringBack(() => this.api.artifacts.restore(this.project, this.path, number));

  /** Brings one section back, found by the line of its heading in A. */
  restoreSection = (line: number): Promise<Restored | undefined> =>
    this.bringBack(() => this.api.artifacts.restoreSection(this.project, this.path, this.a, line));

  private async bringBack(act: () => Promise<Restored>): Promise<Restored | undefined> {
    if (this.restoring) return undefined;
    this.restoring = true;
    try {
      const restored = await act();
      this.b = this.current;
      await this.open(this.path);
      return restored;
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.restoring = false;
    }
  }

  private settle(): void {
    this.b = this.current;
    const line = this.versionLines.find((one) => one.version.number === this.current);
    this.a = line ? before(line) : this.current - 1;
  }

  private lineOf(number: number): number {
    return this.versionLines.findIndex((line) => line.versions.some((one) => one.number === number));
  }

  private async loadRecords(): Promise<void> {
    try {
      this.records = await this.api.gates.records(this.project);
    } catch (cause) {
      this.error = toApiError(cause);
    }
  }

  private async compare(): Promise<void> {
    const { path, a, b } = this;
    if (b === 0) {
      this.diff = this.whole = undefined;
      return;
    }
    const wanted = (): boolean => path === this.path && a === this.a && b === this.b;
    this.comparing = true;
    try {
      const diff = a > 0 ? await this.api.artifacts.diff(this.project, path, a, b) : undefined;
      const whole = a > 0 ? undefined : await this.api.artifacts.document(this.project, path, b);
      if (wanted()) {
        this.diff = diff;
        this.whole = whole;
      }
    } catch (cause) {
      if (wanted()) this.error = toApiError(cause);
    } finally {
      if (wanted()) this.comparing = false;
    }
  }
}

/** The version before a line; 0 for none. */
function before(line: VersionLine): number {
  return (line.versions.at(-1)?.number ?? 1) - 1;
}

function newest(artifacts: Artifact[]): Artifact | undefined {
  return artifacts.toSorted((x, y) => Date.parse(y.current.at) - Date.parse(x.current.at))[0];
}

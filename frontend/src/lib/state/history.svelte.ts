import { type Api, type ApiError, type Artifact, type Document, type Event, type GateRecord, toApiError, type Version, type VersionDiff } from '../api';
import { timeline, type VersionLine } from './history-line';

/** The versions of one artifact and the comparison of two of them, A and B. */
export class HistoryState {
  artifacts = $state.raw<Artifact[]>([]);
  path = $state('');
  versions = $state.raw<Version[]>([]);
  records = $state.raw<GateRecord[]>([]);
  diff = $state.raw<VersionDiff>();
  /** The first version has nothing before it: it is shown whole. */
  whole = $state.raw<Document>();
  a = $state(0);
  b = $state(0);
  loaded = $state(false);
  comparing = $state(false);
  restoring = $state(false);
  error = $state.raw<ApiError>();

  readonly artifact = $derived(this.artifacts.find((one) => one.path === this.path));
  readonly lines = $derived(timeline(this.versions, this.records, this.path, this.artifact?.phase ?? ''));
  readonly versionLines = $derived(this.lines.filter((line): line is VersionLine => line.kind === 'version'));
  readonly current = $derived(this.versions[0]?.number ?? 0);
  /** The places of the diff that differ. */
  readonly places = $derived(this.diff?.diff.hunks.filter((hunk) => !hunk.same).length ?? 0);

  private turn = 0;

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

  /** Shows the history of an artifact. */
  open = async (path: string): Promise<void> => {
    const turn = ++this.turn;
    const same = path === this.path;
    try {
      const versions = await this.api.artifacts.versions(this.project, path);
      if (turn !== this.turn) return;
      const follow = !same || this.b === this.current;
      this.path = path;
      this.versions = versions;
      if (follow) this.settle();
      this.error = undefined;
      await this.compare();
    } catch (cause) {
      if (turn === this.turn) this.error = toApiError(cause);
    }
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
    if (!to) return;
    const number = to.version.number;
    if (side === 'b' && number <= this.a) {
      // B runs into A and pushes it on.
      const older = this.versionLines[at + by + 1];
      if (!older && by === 1 && this.a === 0) return;
      this.a = older?.version.number ?? 0;
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
    this.a = (line.versions.at(-1)?.number ?? 1) - 1;
    void this.compare();
  };

  /** Makes A, or with only one version B, the current version again. */
  restore = async (number: number): Promise<Version | undefined> => {
    if (this.restoring) return undefined;
    this.restoring = true;
    try {
      const version = await this.api.artifacts.restore(this.project, this.path, number);
      this.b = this.current;
      await this.open(this.path);
      return version;
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.restoring = false;
    }
  };

  private settle(): void {
    this.b = this.current;
    const first = this.versionLines[0];
    this.a = first ? (first.versions.at(-1)?.number ?? 1) - 1 : 0;
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

function newest(artifacts: Artifact[]): Artifact | undefined {
  return artifacts.toSorted((x, y) => Date.parse(y.current.at) - Date.parse(x.current.at))[0];
}

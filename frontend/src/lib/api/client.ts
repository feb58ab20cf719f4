// The typed calls. Small things go through the bound methods, texts of any size
// through /data.
import * as App from '../../../wailsjs/go/api/App';
import * as Artifacts from '../../../wailsjs/go/api/Artifacts';
import * as Candidates from '../../../wailsjs/go/api/Candidates';
import * as Data from '../../../wailsjs/go/api/Data';
import * as Events from '../../../wailsjs/go/api/Events';
import * as Gates from '../../../wailsjs/go/api/Gates';
import * as Library from '../../../wailsjs/go/api/Library';
import * as Models from '../../../wailsjs/go/api/Models';
import * as Projects from '../../../wailsjs/go/api/Projects';
import * as Releases from '../../../wailsjs/go/api/Releases';
import * as Runs from '../../../wailsjs/go/api/Runs';
import * as Settings from '../../../wailsjs/go/api/Settings';
import { bound } from './bound';
import { ApiError } from './error';
import { findings } from './findings';
import { data, download, lines, segment as s, upload } from './http';
import type {
  AcceptCandidate,
  Artifact,
  Batch,
  Blame,
  CandidateReview,
  Check,
  Document,
  Draft,
  Export,
  ExportPrompts,
  FilledPrompt,
  GateRecord,
  Given,
  Handoff,
  HandoffAsk,
  HandoffPreview,
  HandoffSource,
  ImportItem,
  ImportFile,
  ImportPreview,
  Log,
  Moment,
  NewProject,
  NextPrompt,
  OwnChecklist,
  Overview,
  PastedAnswer,
  Project,
  ProjectAt,
  PromptBatch,
  PromptCard,
  PromptDetail,
  PromptHit,
  PromptOrder,
  PromptText,
  Proof,
  Run,
  RunBlocks,
  RunDetail,
  SaveDocument,
  SavePrompt,
  SearchProgress,
  SearchResult,
  SearchUpdate,
  SettingKey,
  Shelf,
  TickOwn,
  Staleness,
  Upgrade,
  VerifyProgress,
  VerifyUpdate,
  Version,
  VersionDiff,
} from './types';
import { work } from './work';

/** Which page of a log is wanted. */
export interface LogPage {
  before?: number;
  lines?: number;
  author?: string;
}

/** Looks for words in all versions; an empty path means all documents. It tells of its progress when it takes long. */
async function search(
  project: string,
  words: string,
  path: string,
  signal: AbortSignal,
  tell: (progress: SearchProgress) => void,
): Promise<SearchResult> {
  let result: SearchResult | undefined;
  await lines<SearchUpdate>(`projects/${s(project)}/search`, { words, path }, signal, (update) => {
    refuse(update);
    if (update.progress) tell(update.progress);
    result = update.result ?? result;
  });
  if (!result) throw new ApiError('unavailable', 'The search broke off.', 'Search again.');
  return result;
}

/** Looks for damage in everything, deep down, and tells what it is at. */
async function verify(signal: AbortSignal, tell: (progress: VerifyProgress) => void): Promise<Check[]> {
  let checks: Check[] | undefined;
  await lines<VerifyUpdate>('verify', { deep: 'true' }, signal, (update) => {
    refuse(update);
    if (update.progress) tell(update.progress);
    checks = update.checks ?? checks;
  });
  if (!checks) throw new ApiError('unavailable', 'The check broke off.', 'Check again.');
  return checks;
}

/** An answer of many lines tells late that it has failed. */
function refuse({ error }: Pick<VerifyUpdate, 'error'>): void {
  if (error) throw new ApiError(error.code as ApiError['code'], error.message, error.hint);
}

export const client = {
  app: {
    info: bound(App.Info),
    /** Opens the data again when it could not be opened. */
    retry: bound(App.Retry),
  },
  projects: {
    list: () => data<Overview[]>('GET', 'projects'),
    create: (project: NewProject) => data<Project>('POST', 'projects', {}, project),
    overview: bound(Projects.Overview),
    find: bound(Projects.Find),
    rename: bound(Projects.Rename),
    /** What it becomes for others, with all texts; nothing is written. */
    handoff: (project: string, ask: Pick<HandoffAsk, 'format' | 'phase'>) => data<Handoff>('POST', `projects/${s(project)}/handoff`, {}, ask),
    /** Writes that to a path: in the window. `over` says that the person was asked about what is there. */
    handoffTo: (project: string, { format, phase }: Pick<HandoffAsk, 'format' | 'phase'>, path: string, over: boolean) =>
      bound(Projects.Handoff)(project, phase, format, path, over),
    /** The points in time that have a name, newest first. */
    moments: (project: string) => data<Moment[]>('GET', `projects/${s(project)}/moments`),
    /** As it was at a time. */
    at: (project: string, time: string) => data<ProjectAt>('GET', `projects/${s(project)}/at`, { time }),
    search,
  },
  artifacts: {
    list: (project: string) => data<Artifact[]>('GET', `projects/${s(project)}/artifacts`),
    /** Version 0 or none is the current one. */
    document: (project: string, path: string, version?: number) =>
      data<Document>('GET', `projects/${s(project)}/document`, { path, version }),
    save: (project: string, document: SaveDocument) =>
      data<Version>('PUT', `projects/${s(project)}/document`, {}, document),
    /** Its base is -1 when there is none. */
    draft: (project: string, path: string) => data<Draft>('GET', `projects/${s(project)}/draft`, { path }),
    keepDraft: (project: string, draft: Draft) =>
      data<Draft>('PUT', `projects/${s(project)}/draft`, { path: draft.path }, draft),
    dropDraft: (project: string, path: string) =>
      data<unknown>('DELETE', `projects/${s(project)}/draft`, { path }),
    /** A page of versions, newest first, older than one of them. */
    log: (project: string, path: string, page: LogPage = {}) =>
      data<Log>('GET', `projects/${s(project)}/log`, { path, ...page }),
    /** Who wrote each passage. Version 0 or none is the current one. */
    blame: (project: string, path: string, version?: number) =>
      data<Blame>('GET', `projects/${s(project)}/blame`, { path, version }),
    diff: (project: string, path: string, from: number, to: number) =>
      data<VersionDiff>('GET', `projects/${s(project)}/diff`, { path, from, to }),
    tick: bound(Artifacts.Tick),
    waiveItem: bound(Artifacts.WaiveItem),
    /** Ticks a box by what shows that it is done. */
    prove: (project: string, proof: Proof) => data<Version>('POST', `projects/${s(project)}/proof`, {}, proof),
    /** What has changed since it was made, with the differences. */
    behind: (project: string, path: string) => data<Staleness>('GET', `projects/${s(project)}/behind`, { path }),
    restore: bound(Artifacts.Restore),
    /** By the line of its heading. */
    restoreSection: bound(Artifacts.RestoreSection),
  },
  prompts: {
    show: (project: string, phase: string, model?: string) =>
      data<PromptText>('GET', `projects/${s(project)}/prompt`, { phase, model }),
    fill: (project: string, phase: string, values: Record<string, string>) =>
      data<PromptText>('PUT', `projects/${s(project)}/variables`, { phase }, values),
  },
  runs: {
    /** Newest first. */
    list: (project: string, phase?: string) => data<Run[]>('GET', `projects/${s(project)}/runs`, { phase }),
    show: (run: string) => data<RunDetail>('GET', `runs/${s(run)}`),
    blocks: (run: string, from: number) => data<RunBlocks>('GET', `runs/${s(run)}/blocks`, { from }),
    answer: (run: string, answer: PastedAnswer) => data<Run>('POST', `runs/${s(run)}/answer`, {}, answer),
    start: bound(Runs.Start),
    copy: bound(Runs.Copy),
    cancel: bound(Runs.Cancel),
    continue: bound(Runs.Continue),
    repair: bound(Runs.Repair),
  },
  candidates: {
    review: (run: string) => data<CandidateReview>('GET', `runs/${s(run)}/review`),
    accept: (run: string, choice: AcceptCandidate) => data<Version>('POST', `runs/${s(run)}/accept`, {}, choice),
    discard: bound(Candidates.Discard),
  },
  gates: {
    show: bound(Gates.Show),
    pass: bound(Gates.Pass),
    waive: bound(Gates.Waive),
    reopen: bound(Gates.Reopen),
    sign: bound(Gates.Sign),
    unsign: bound(Gates.Unsign),
    unfreeze: bound(Gates.Unfreeze),
    openForChange: bound(Gates.OpenForChange),
    stillValid: bound(Gates.StillValid),
    /** At the difference between what an audit claims and lists. */
    looked: bound(Gates.Looked),
    /** Oldest first. */
    records: (project: string) => data<GateRecord[]>('GET', `projects/${s(project)}/records`),
  },
  /** What audits have found. */
  findings,
  releases: {
    approve: bound(Releases.Approve),
    promote: bound(Releases.Promote),
    healthy: bound(Releases.Healthy),
    rollback: bound(Releases.Rollback),
  },
  /** The steps of the plan, rounds, threads and time. */
  work,
  models: { status: bound(Models.Status) },
  library: {
    workflows: bound(Library.Workflows),
    shelf: () => data<Shelf>('GET', 'library'),
    /** The best first. */
    search: (q: string) => data<PromptHit[]>('GET', 'library/search', { q }),
    detail: (id: string) => data<PromptDetail>('GET', `library/prompts/${s(id)}`),
    upgrade: (id: string) => data<Upgrade>('GET', `library/prompts/${s(id)}/upgrade`),
    /** Makes a customised prompt one that goes by the built-in one of today. */
    takeOver: (id: string, file: SavePrompt) => data<PromptDetail>('POST', `library/prompts/${s(id)}/upgrade`, {}, file),
    save: (id: string, file: SavePrompt) => data<PromptDetail>('PUT', `library/prompts/${s(id)}`, {}, file),
    create: (file: SavePrompt) => data<PromptDetail>('POST', 'library/prompts', {}, file),
    fill: (order: PromptOrder) => data<FilledPrompt>('POST', 'library/fill', {}, order),
    /** Keeps what was typed, for this project. */
    keep: (order: PromptOrder) => data<FilledPrompt>('PUT', 'library/values', {}, order),
    start: (order: PromptOrder) => data<Run>('POST', 'library/start', {}, order),
    copy: (order: PromptOrder) => data<Run>('POST', 'library/copy', {}, order),
    /** The runs of a prompt, newest first; without a project, those that belong to none. */
    runs: (prompt: string, project: string) => data<Run[]>('GET', 'library/runs', { prompt, project }),
    startBatch: (batch: PromptBatch) => data<Batch>('POST', 'library/batch', {}, batch),
    next: (given: Given) => data<NextPrompt>('POST', 'library/next', {}, given),
    /** What an import would bring in: of files that are sent, or of a path of this machine. */
    preview: (from: { path: string } | { files: ImportFile[] }) => data<ImportPreview>('POST', 'library/import', {}, from),
    take: (items: ImportItem[]) => data<PromptCard[]>('POST', 'library/take', {}, items),
    export: (wish: ExportPrompts) => data<Export>('POST', 'library/export', {}, wish),
    favourite: bound(Library.Favourite),
    customise: bound(Library.Customise),
    remove: bound(Library.Remove),
    putBack: bound(Library.PutBack),
    practice: bound(Library.Practice),
    own: () => data<OwnChecklist[]>('GET', 'library/own'),
    tickOwn: (tick: TickOwn) => data<OwnChecklist>('POST', 'library/own', {}, tick),
    facts: bound(Library.Facts),
    setFact: bound(Library.SetFact),
    chain: bound(Library.Chain),
    batch: bound(Library.Batch),
    keepBatch: bound(Library.KeepBatch),
  },
  specs: {
    /** Which projects specifications of other tools would become. */
    preview: (from: HandoffSource) => data<HandoffPreview>('POST', 'handoff/preview', {}, from),
    take: (from: HandoffSource) => data<Project[]>('POST', 'handoff/import', {}, from),
  },
  settings: {
    show: bound(Settings.Show),
    set: (key: SettingKey, value: string) => bound(Settings.Set)(key, value),
  },
  data: {
    /** Those in the data folder, newest first. */
    backups: bound(Data.Backups),
    /** Writes everything into one file in the data folder. */
    backUp: () => bound(Data.Backup)(''),
    verify,
    /** Writes a project to a path: in the window. */
    exportTo: (project: string, path: string) => bound(Data.Export)(project, path),
    /** Fetches a project as a file: in a browser. */
    download: (project: string) => download(`projects/${s(project)}/export`),
    /** Takes in a project from a path; with a name it becomes one of its own. */
    importFrom: (path: string, name: string) => bound(Data.Import)(path, name),
    /** Takes in a project that is sent. */
    upload: (file: File, name: string) => upload<Project>('import', { file: file.name, name }, file),
  },
  events: { since: bound(Events.Since) },
};

/** What the state classes talk to. Tests give them a fake of it. */
export type Api = typeof client;

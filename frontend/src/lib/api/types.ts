// The types of the domain under their own names. They are generated from the
// backend's; what the generator widens to string is narrowed here for switches.
import type { workflow } from '../../../wailsjs/go/models';

export type AcceptCandidate = workflow.AcceptCandidate;
export type AppInfo = workflow.AppInfo;
export type Artifact = workflow.Artifact;
export type ArtifactAt = workflow.ArtifactAt;
export type Author = workflow.Author;
export type Backup = workflow.Backup;
export type Batch = workflow.Batch;
export type Blame = workflow.Blame;
export type Candidate = workflow.Candidate;
export type CandidateReview = workflow.CandidateReview;
export type CauseDetail = workflow.CauseDetail;
export type ChainLink = workflow.ChainLink;
export type Check = workflow.Check;
export type CheckResult = workflow.CheckResult;
export type Condition = workflow.Condition;
export type ContextPart = workflow.ContextPart;
export type ContextPlan = workflow.ContextPlan;
export type Delta = workflow.Delta;
export type Diff = workflow.Diff;
export type DiffRow = workflow.DiffRow;
export type Document = workflow.Document;
export type Draft = workflow.Draft;
export type DueItem = workflow.DueItem;
export type EffortRow = workflow.EffortRow;
export type Event = workflow.Event;
export type EventBatch = workflow.EventBatch;
export type Evidence = workflow.Evidence;
export type Export = workflow.Exported;
export type ExportedFile = workflow.ExportedFile;
export type ExportPrompts = workflow.ExportPrompts;
export type FiledAudit = workflow.FiledAudit;
export type Filing = workflow.Filing;
export type FilledPrompt = workflow.FilledPrompt;
export type FilledVariable = workflow.FilledVariable;
export type Finding = workflow.Finding;
export type FindingAct = workflow.FindingAct;
export type FindingExport = workflow.FindingExport;
export type FindingList = workflow.FindingList;
export type FindingSplit = workflow.FindingSplit;
export type Gate = workflow.Gate;
export type GateRecord = workflow.GateRecord;
export type Given = workflow.Given;
export type Handoff = workflow.Handoff;
export type HandoffAsk = workflow.HandoffAsk;
export type HandoffFile = workflow.HandoffFile;
export type HandoffItem = workflow.HandoffItem;
export type HandoffPreview = workflow.HandoffPreview;
export type HandoffSource = workflow.HandoffSource;
export type Hunk = workflow.Hunk;
export type ImportFile = workflow.ImportFile;
export type ImportItem = workflow.ImportItem;
export type ImportPreview = workflow.ImportPreview;
export type Input = workflow.Input;
export type Item = workflow.Item;
export type Ledger = workflow.Ledger;
export type LedgerRound = workflow.LedgerRound;
export type LedgerSummary = workflow.LedgerSummary;
export type LibraryProblem = workflow.LibraryProblem;
export type Log = workflow.Log;
export type LogLine = workflow.LogLine;
export type ModelInfo = workflow.ModelInfo;
export type ModelStatus = workflow.ModelStatus;
export type Moment = workflow.Moment;
export type Move = workflow.Move;
export type NewProject = workflow.NewProject;
export type NextPrompt = workflow.NextPrompt;
export type Origin = workflow.Origin;
export type Overview = workflow.Overview;
export type Pack = workflow.Pack;
export type Passage = workflow.Passage;
export type PastedAnswer = workflow.PastedAnswer;
export type Persona = workflow.Persona;
export type Phase = workflow.Phase;
export type PhaseStatus = workflow.PhaseStatus;
export type OwnChecklist = workflow.OwnChecklist;
export type PlanStep = workflow.PlanStep;
export type PlanView = workflow.PlanView;
export type Practice = workflow.Practice;
export type TickOwn = workflow.TickOwn;
export type Project = workflow.Project;
export type ProjectAt = workflow.ProjectAt;
export type Refinement = workflow.Refinement;
export type Restart = workflow.Restart;
export type PromptBatch = Omit<workflow.PromptBatch, 'order'> & { order: PromptOrder };
export type PromptCard = workflow.PromptCard;
export type PromptDetail = workflow.PromptDetail;
export type PromptHit = workflow.PromptHit;
/** Without values, those that are kept count. */
export type PromptOrder = Omit<workflow.PromptOrder, 'values'> & { values?: Record<string, string> };
export type PromptSpan = workflow.PromptSpan;
export type PromptText = workflow.PromptText;
export type Proof = workflow.Proof;
export type Restored = workflow.Restored;
export type RoundStatus = workflow.RoundStatus;
export type Run = workflow.Run;
export type RunBlock = workflow.RunBlock;
export type RunBlocks = workflow.RunBlocks;
export type RunDetail = workflow.RunDetail;
export type SaveDocument = workflow.SaveDocument;
export type SavePrompt = workflow.SavePrompt;
export type SearchHit = workflow.SearchHit;
export type SearchProgress = workflow.SearchProgress;
export type SearchRange = workflow.SearchRange;
export type SearchResult = workflow.SearchResult;
export type SearchUpdate = workflow.SearchUpdate;
export type SectionChange = workflow.SectionChange;
export type Segment = workflow.Segment;
export type Settings = workflow.Settings;
export type SharedFinding = workflow.SharedFinding;
export type Shelf = workflow.Shelf;
export type Sighting = workflow.Sighting;
export type Staleness = workflow.Staleness;
export type Tick = workflow.Tick;
export type StepDetail = workflow.StepDetail;
/** Without values, those that are kept count. */
export type StepOrder = Omit<workflow.StepOrder, 'values'> & { values?: Record<string, string> };
export type Thread = workflow.Thread;
export type ToDo = workflow.ToDo;
export type Upgrade = workflow.Upgrade;
export type Variable = workflow.Variable;
export type VerifyProgress = workflow.VerifyProgress;
export type VerifyUpdate = workflow.VerifyUpdate;
export type Version = workflow.Version;
export type VersionDiff = workflow.VersionDiff;
export type Workflow = workflow.Workflow;

export type PhaseState = 'to-come' | 'current' | 'passed' | 'overridden' | 'reopened';
export type RunState =
  | 'queued'
  | 'running'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'interrupted';
export type ConditionState = 'met' | 'unmet' | 'waiting' | 'running' | 'failed';
export type ItemState = 'open' | 'claimed' | 'done' | 'waived' | 'recheck';
export type CandidateState = 'open' | 'accepted' | 'partial' | 'discarded';
export type ToDoKind =
  | 'wait' | 'decide' | 'paste' | 'answer' | 'run' | 'write' | 'step' | 'round' | 'restart' | 'tick' | 'sign' | 'check' | 'stale' | 'gate' | 'pass' | 'nothing'
  | 'continue' | 'plan' | 'file' | 'findings' | 'audit' | 'look' | 'approve' | 'promote' | 'healthy' | 'bake';
export type EvidenceKind = 'command' | 'commit' | 'finding' | 'sentence';
/** What a person says of a check; the rest is noted with it. */
export type NewCheck = Pick<workflow.CheckResult, 'step' | 'command' | 'exit' | 'output'>;
export type StepState = 'open' | 'blocked' | 'current' | 'done' | 'skipped';
export type Theme = 'system' | 'light' | 'dark';
export type TextSize = 'small' | 'normal' | 'large';
export type PromptSource = 'built-in' | 'yours' | 'imported';
export type SettingKey = keyof Settings;
export type Level = 'P0' | 'P1' | 'P2' | 'P3';
export type FindingState = 'open' | 'fixed' | 'accepted' | 'scheduled' | 'duplicate' | 'returned';
export type FindingVerb = 'fix' | 'accept' | 'schedule' | 'reopen' | 'judge' | 'merge' | 'distinct';
export type HandoffFormat = 'markdown' | 'zip' | 'agents' | 'speckit' | 'openspec';
export type LedgerFormat = 'md' | 'csv' | 'json' | 'sarif' | 'curve';

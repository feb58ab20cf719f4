// The findings of a project and their ledger, as the backend writes them.
import type { workflow } from '../../../wailsjs/go/models';

export interface Sighting {
  filing: string;
  /** Empty for an audit outside of phases. */
  phase: string;
  round: number;
  runId: string;
  path: string;
  persona: string;
  number: string;
  title: string;
  severity: string;
  category: string;
  location: string;
  status: string;
  returned: boolean;
  byHand: boolean;
  at: string;
}

export interface Finding {
  id: string;
  projectId: string;
  number: string;
  title: string;
  severity: string;
  judged: boolean;
  category: string;
  location: string;
  problem: string;
  fix: string;
  verify: string;
  fingerprint: string;
  state: string;
  reason: string;
  step: string;
  date: string;
  commit: string;
  duplicateOf: string;
  doubt: string;
  sightings: Sighting[];
  createdAt: string;
  changedAt: string;
  by: workflow.Author;
}

export interface FindingClaim {
  total: number;
  bySeverity: Record<string, number>;
  text: string;
  start: number;
  end: number;
}

export interface Filing {
  id: string;
  projectId: string;
  phase: string;
  round: number;
  runId: string;
  path: string;
  version: number;
  hash: string;
  listed: Record<string, number>;
  claims: FindingClaim[];
  mismatch: string;
  phrase: string;
  notes: string[];
  lookedAt: string;
  at: string;
}

export interface FiledAudit {
  filing: Filing;
  new: Record<string, number>;
  known: number;
  returned: number;
  doubtful: number;
}

export interface LedgerSummary {
  total: number;
  byState: Record<string, number>;
  open: Record<string, number>;
  doubtful: number;
}

export interface LedgerRound {
  phase: string;
  round: number;
  paths: string[];
  at: string;
  new: Record<string, number>;
  known: number;
  returned: number;
  mismatch: boolean;
}

export interface LedgerCurve {
  rounds: LedgerRound[];
  plateau: boolean;
  growing: boolean;
  sentence: string;
}

export interface Ledger {
  projectId: string;
  summary: LedgerSummary;
  curve: LedgerCurve;
  filings: FiledAudit[];
  categories: string[];
}

export interface FindingList {
  findings: Finding[];
  total: number;
  summary: LedgerSummary;
}

export interface FindingAct {
  verb: string;
  ids: string[];
  reason: string;
  step: string;
  date: string;
  commit: string;
  severity: string;
  into: string;
}

export interface FindingSplit {
  id: string;
  sightings: number[];
  title: string;
}

export interface LedgerNews {
  ids: string[];
  summary: LedgerSummary;
  filing?: Filing;
}

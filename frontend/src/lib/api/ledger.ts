// The findings of a project and their ledger, as the backend writes them.
import type { workflow } from '../../../wailsjs/go/models';

export type Filing = workflow.Filing;
export type LedgerRound = workflow.LedgerRound;
export type LedgerSummary = workflow.LedgerSummary;

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

export interface FiledAudit {
  filing: Filing;
  new: Record<string, number>;
  known: number;
  returned: number;
  doubtful: number;
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

export interface FindingExport {
  name: string;
  type: string;
  text: string;
}

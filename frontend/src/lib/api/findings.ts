// The typed calls about what audits have found.
import * as Findings from '../../../wailsjs/go/api/Findings';
import { bound } from './bound';
import { data, segment as s } from './http';
import type { Finding, FindingAct, FindingExport, FindingList, FindingSplit, Ledger, LedgerFormat } from './types';

export const findings = {
  ledger: (project: string) => data<Ledger>('GET', `projects/${s(project)}/ledger`),
  /** All of them, the worst first. */
  list: (project: string) => data<FindingList>('GET', `projects/${s(project)}/findings`),
  /** Does it with all that are named, or with none of them. */
  act: (project: string, act: FindingAct) => data<Finding[]>('POST', `projects/${s(project)}/findings/act`, {}, act),
  split: (project: string, split: FindingSplit) => data<Finding[]>('POST', `projects/${s(project)}/findings/split`, {}, split),
  /** Takes the current text of an audit into the ledger. */
  file: bound(Findings.File),
  /** All of them as a file. */
  export: (project: string, format: LedgerFormat) => data<FindingExport>('GET', `projects/${s(project)}/findings/export`, { format }),
};

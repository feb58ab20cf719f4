// The one click that helps with a condition of a gate that is not met.
import type { Condition, PhaseStatus, ToDoKind } from '../../lib/api';
import type { AppState } from '../../lib/state/app.svelte';
import type { PhaseState } from '../../lib/state/phase.svelte';
import { links } from '../../lib/state/router.svelte';
import type { PhaseActs } from '../phase/acts.svelte';

export interface Help {
  label: string;
  run: () => void;
}

/** What the helps work with. */
export interface Bench {
  phase: PhaseState;
  acts: PhaseActs;
  around: Pick<AppState, 'api' | 'router' | 'toasts'>;
  /** Leads to the first cause. */
  lead: (condition: Condition) => void;
}

/** What helps with a condition, the best first; nothing where only time does, or another phase has to be passed first. */
export function helpsFor(condition: Condition, bench: Bench): Help[] {
  const { phase } = bench;
  if (condition.state === 'met' || phase.blockedBy) return [];
  const help = (label: string, run: () => unknown): Help => ({ label, run: () => void run() });
  const other = otherPhase(condition, phase);
  if (other && ['write', 'run', 'continue', 'tick', 'answer', 'plan'].includes(condition.do)) {
    return [help(condition.do === 'tick' ? 'Go to the first box' : `Go to ${other.title}`, () => bench.lead(condition))];
  }
  return helps(condition, bench, help);
}

type Make = (label: string, run: () => unknown) => Help;

function helps(condition: Condition, { phase, acts, around, lead }: Bench, help: Make): Help[] {
  const { project, gate } = phase;
  const version = gate.gate?.version ?? 0;
  const back = help('Roll back', () => acts.ask({ kind: 'rollback' }));
  switch (condition.do as ToDoKind) {
    case 'decide':
      return [help('Review the answer', () => acts.go('changes'))];
    case 'paste':
      return [help('Paste the answer', acts.paste)];
    case 'run':
      return [acts.hasModel ? help('Run the prompt', acts.run) : help('Copy the prompt', acts.copy)];
    case 'continue':
      return [help('Go to the answer', () => acts.go('run'))];
    case 'write':
    case 'plan':
      return [help(condition.do === 'plan' ? 'Mend the plan' : 'Write it', acts.edit)];
    case 'answer':
      return [help('Go to the questions', () => lead(condition))];
    case 'tick':
      return [help('Go to the first box', () => lead(condition))];
    case 'step':
      return [help('Go to the steps', () => around.router.go(links.plan(project)))];
    case 'check':
      return [help('Paste a check result', () => acts.ask({ kind: 'check' }))];
    case 'stale':
      return [help('Compare', phase.causes.compare), help('Still valid', () => acts.ask({ kind: 'still' }))];
    case 'file':
      return [help('File the findings', () => gate.file(condition.path))];
    case 'findings':
      return [found(condition, project, around, help)];
    case 'audit':
    case 'round':
      return [help('Audit once more', () => audit(condition, phase, acts, around))];
    case 'look':
      return [help('I have looked at it', () => gate.looked(versionOf(condition, phase))), help('Show the findings', () => around.router.go(links.findings(project)))];
    case 'approve':
      return [help(`Approve v${version}`, gate.approve)];
    case 'promote':
      return [help('Promote to production', gate.promote)];
    case 'healthy':
      return [help('Mark as healthy', () => acts.ask({ kind: 'healthy' })), back];
    case 'bake':
      return [back];
    default:
      return [];
  }
}

/** Leads to the finding that stands in the way, or to all that are open. */
function found({ findings }: Condition, project: string, { router }: Bench['around'], help: Make): Help {
  const [only] = findings;
  if (only && findings.length === 1) return help(`Go to ${only}`, () => router.go(links.findings(project, only)));
  return help('Show the findings', () => router.go(links.findings(project, '', 'open')));
}

/** Begins the next round of the audit, where the last one is over, and leads to its prompt. Past the advised number of them, the reason is asked for there. */
async function audit(condition: Condition, phase: PhaseState, acts: PhaseActs, around: Bench['around']): Promise<void> {
  const writer = otherPhase(condition, phase)?.id ?? phase.phase;
  try {
    const round = await around.api.work.round(phase.project, writer);
    if (round.ready && !round.over) await around.api.work.beginRound(phase.project, round.phase, '');
    else if (round.ready) around.toasts.show(round.advice || 'The advised number of rounds is reached.', { hint: '“Next round” asks why there should be another one.' });
    if (writer === phase.phase) acts.go('prompt');
    else around.router.go(links.phase(phase.project, writer, 'prompt'));
  } catch (cause) {
    around.toasts.fail(cause);
  }
}

/** The phase that writes what a condition looks at, where it is another one. */
function otherPhase({ path }: Condition, phase: PhaseState): PhaseStatus | undefined {
  return path && path !== phase.document.path ? phase.overview?.phases.find((one) => one.output === path) : undefined;
}

function versionOf(condition: Condition, phase: PhaseState): number {
  return otherPhase(condition, phase)?.version ?? phase.gate.gate?.version ?? 0;
}

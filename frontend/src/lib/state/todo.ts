import type { Overview, ToDo, ToDoKind } from '../api';
import type { IconName } from '../ui/icons';
import { links } from './router.svelte';

/** What a thing to do looks like, and where it is done. */
export interface Deed {
  icon: IconName;
  tone: 'red' | 'amber' | 'green' | 'blue' | 'dim';
  /** On the button. */
  action: string;
  href: string;
  /** Lower comes first where several projects wait. */
  rank: number;
}

type Kind = Omit<Deed, 'href'> & { tab: string };

const kinds: Record<Exclude<ToDoKind, 'nothing'>, Kind> = {
  stale: { icon: 'warning', tone: 'amber', action: 'Look', tab: 'document', rank: 0 },
  restart: { icon: 'failed', tone: 'red', action: 'Start over', tab: 'run', rank: 0 },
  answer: { icon: 'info', tone: 'blue', action: 'Answer', tab: 'run', rank: 1 },
  decide: { icon: 'compare', tone: 'blue', action: 'Review', tab: 'changes', rank: 1 },
  paste: { icon: 'clipboard', tone: 'blue', action: 'Paste', tab: 'run', rank: 2 },
  check: { icon: 'terminal', tone: 'amber', action: 'Add the result', tab: 'document', rank: 3 },
  tick: { icon: 'alert', tone: 'amber', action: 'Open', tab: 'document', rank: 3 },
  gate: { icon: 'alert', tone: 'amber', action: 'Open', tab: 'document', rank: 3 },
  sign: { icon: 'edit', tone: 'amber', action: 'Read and sign', tab: 'document', rank: 3 },
  pass: { icon: 'met', tone: 'green', action: 'Pass gate', tab: 'document', rank: 4 },
  step: { icon: 'waiting', tone: 'dim', action: 'Build', tab: 'document', rank: 5 },
  round: { icon: 'refresh', tone: 'dim', action: 'Next round', tab: 'document', rank: 5 },
  run: { icon: 'waiting', tone: 'dim', action: 'Run or copy', tab: 'prompt', rank: 5 },
  write: { icon: 'waiting', tone: 'dim', action: 'Write', tab: 'document', rank: 5 },
  continue: { icon: 'warning', tone: 'amber', action: 'Continue', tab: 'run', rank: 1 },
  plan: { icon: 'alert', tone: 'amber', action: 'Mend the plan', tab: 'document', rank: 2 },
  file: { icon: 'alert', tone: 'amber', action: 'Open', tab: 'document', rank: 3 },
  findings: { icon: 'ring', tone: 'amber', action: 'See findings', tab: 'document', rank: 3 },
  look: { icon: 'alert', tone: 'amber', action: 'Look', tab: 'document', rank: 3 },
  approve: { icon: 'person', tone: 'amber', action: 'Read and approve', tab: 'document', rank: 3 },
  promote: { icon: 'met', tone: 'green', action: 'Promote', tab: 'document', rank: 4 },
  healthy: { icon: 'chart', tone: 'amber', action: 'Look at the figures', tab: 'document', rank: 4 },
  audit: { icon: 'refresh', tone: 'dim', action: 'Next round', tab: 'document', rank: 5 },
  bake: { icon: 'history', tone: 'dim', action: 'Open', tab: 'document', rank: 9 },
  wait: { icon: 'running', tone: 'blue', action: 'Watch', tab: 'run', rank: 9 },
};

/** How the one thing to do is shown; undefined when every gate is passed. */
export function deedOf(todo: ToDo): Deed | undefined {
  if (todo.kind === 'nothing' || !(todo.kind in kinds)) return undefined;
  const { tab, ...rest } = kinds[todo.kind as Exclude<ToDoKind, 'nothing'>];
  const refines = todo.kind === 'run' && todo.runId !== '';
  const action = refines ? 'Refine' : todo.kind === 'tick' && todo.step ? 'Tick the step' : rest.action;
  return { ...rest, action, href: placeOf(todo, refines ? 'run' : tab) };
}

function placeOf(todo: ToDo, tab: string): string {
  if (todo.kind === 'findings') return links.findings(todo.projectId);
  const answer = todo.runId !== '' && todo.step !== '';
  if (todo.step || (todo.kind === 'check' && todo.path === 'plan.md')) return links.plan(todo.projectId, todo.step, answer ? 'answer' : 'list');
  return links.phase(todo.projectId, todo.phase, todo.runId && tab === 'run' ? `run-${todo.runId}` : tab);
}

/** What a project waits for: one thing, and where to do it. */
export interface Waiting extends Deed {
  overview: Overview;
}

/** Then the project waits for nobody. */
const patient = ['wait', 'bake'];

/** At most one thing per project, blocked ones first. */
export function waitingFor(overviews: Overview[]): Waiting[] {
  return overviews
    .flatMap((overview) => {
      const deed = patient.includes(overview.toDo.kind) ? undefined : deedOf(overview.toDo);
      return deed ? [{ overview, ...deed }] : [];
    })
    .sort((a, b) => a.rank - b.rank);
}

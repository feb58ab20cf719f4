import type { Overview, PhaseStatus } from '../api';
import type { IconName } from '../ui/icons';
import { currentPhase } from './line';
import { links } from './router.svelte';

/** What a project waits for: one thing, and where to do it. */
export interface Waiting {
  overview: Overview;
  icon: IconName;
  tone: 'red' | 'amber' | 'green' | 'blue' | 'dim';
  action: string;
  href: string;
  /** Lower comes first. */
  rank: number;
}

type Kind = Omit<Waiting, 'overview' | 'href'> & { tab: string };

/** At most one thing per project, blocked ones first. Projects where a model writes wait for nothing. */
export function waitingFor(overviews: Overview[]): Waiting[] {
  return overviews
    .flatMap((overview) => {
      const phase = currentPhase(overview);
      const kind = phase && what(overview, phase);
      if (!phase || !kind) return [];
      const { tab, ...rest } = kind;
      return [{ overview, href: links.phase(overview.project.id, phase.id, tab), ...rest }];
    })
    .sort((a, b) => a.rank - b.rank);
}

function what(overview: Overview, phase: PhaseStatus): Kind | undefined {
  if (phase.runState === 'running' || phase.runState === 'queued') return undefined;
  if (phase.runState === 'waiting') return { icon: 'clipboard', tone: 'blue', action: 'Paste', tab: 'run', rank: 2 };
  if (phase.candidateId) return { icon: 'compare', tone: 'blue', action: 'Review', tab: 'changes', rank: 1 };
  if (phase.stale) return { icon: 'warning', tone: 'amber', action: 'Look', tab: 'document', rank: 0 };
  if (overview.gateOpen) return { icon: 'met', tone: 'green', action: 'Pass gate', tab: 'document', rank: 4 };
  if (phase.version > 0) return { icon: 'alert', tone: 'amber', action: 'Open', tab: 'document', rank: 3 };
  return { icon: 'waiting', tone: 'dim', action: phase.prompted ? 'Run or copy' : 'Write', tab: phase.prompted ? 'prompt' : 'document', rank: 5 };
}

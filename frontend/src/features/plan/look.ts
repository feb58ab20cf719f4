import type { PlanStep, StepState } from '../../lib/api';
import type { IconName } from '../../lib/ui/icons';

/** How the state of a step is shown: by its shape first, then by its colour. */
export interface StepLook {
  icon: IconName;
  tone: 't-green' | 't-amber' | 't-blue' | 't-red' | 'dim';
  word: string;
}

const states: Record<StepState, StepLook> = {
  open: { icon: 'waiting', tone: 'dim', word: 'to come' },
  blocked: { icon: 'lock', tone: 'dim', word: 'blocked' },
  current: { icon: 'ring', tone: 't-blue', word: 'now' },
  done: { icon: 'met', tone: 't-green', word: 'done' },
  skipped: { icon: 'minus', tone: 'dim', word: 'skipped' },
};

export function lookOf(step: PlanStep): StepLook {
  if (step.runState === 'running' || step.runState === 'queued') return { icon: 'running', tone: 't-blue', word: 'writing' };
  if (step.item === 'recheck') return { icon: 'warning', tone: 't-amber', word: 'check again' };
  if (step.candidateId) return { icon: 'compare', tone: 't-blue', word: 'answer waits' };
  if (step.runState === 'waiting') return { icon: 'clipboard', tone: 't-blue', word: 'waits for an answer' };
  return states[step.state as StepState];
}

export const riskTone: Record<string, string> = { high: 't-amber', medium: 'mut', low: 'dim' };

/** "a.go, b.go and 3 more", without the folders. */
export function filesWord(files: string[]): string {
  const names = files.map((path) => path.split('/').pop() ?? path);
  return names.length <= 2 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

import type { Run } from '../../lib/api';
import { links } from '../../lib/state/router.svelte';

/** Where a kept answer can be read. */
export function keptLink(project: string, path: string): string {
  return project ? links.history(project, path) : links.library('', path, 'document');
}

/** Where a run is shown: on the screen of its phase, or at its prompt. */
export function runLink(run: Pick<Run, 'id' | 'projectId' | 'phase' | 'promptId' | 'promptPath'>): string {
  const project = run.projectId === 'library' ? '' : run.projectId;
  if (run.phase) return links.phase(project, run.phase, `run-${run.id}`);
  return links.library(project, run.promptPath || run.promptId, `run-${run.id}`);
}

import type { Overview, PhaseStatus } from '../api';
import type { KnotState } from '../ui/Knot.svelte';

/** A phase as the plumb line draws it. */
export interface LinePhase {
  status: PhaseStatus;
  /** Where the bob hangs there is no knot. */
  knot: KnotState | 'bob';
  /** The string is taut down to here. */
  taut: boolean;
  /** Read aloud behind the title. */
  said: string;
  /** Small, at the end of the row. */
  meta: string;
}

type Place = Pick<Overview, 'phases' | 'current'>;

/** The phases of a project on its line. Strips are not knots; see strips. */
export function linePhases(overview: Place): LinePhase[] {
  const phases = overview.phases.filter((phase) => !phase.strip);
  const bob = bobAt(overview, phases);
  return phases.map((status, i) => ({
    status,
    knot: i === bob ? 'bob' : knot(status),
    taut: i < bob,
    said: said(status, i === bob),
    meta: meta(status),
  }));
}

/** The strips that lie over a phase: those listed just before it. */
export function strips(overview: Overview, phaseId: string): PhaseStatus[] {
  const at = overview.phases.findIndex((phase) => phase.id === phaseId);
  let from = at;
  while (from > 0 && overview.phases[from - 1]?.strip) from--;
  return overview.phases.slice(from, Math.max(at, 0));
}

/** The phase the work is at; when all gates are passed, none. */
export function currentPhase(overview: Place): PhaseStatus | undefined {
  const phases = overview.phases.filter((phase) => !phase.strip);
  return phases[bobAt(overview, phases)];
}

/** Index of the phase the bob hangs at; beyond the last when every gate is passed. */
function bobAt(overview: Place, phases: PhaseStatus[]): number {
  if (!overview.current) return phases.length;
  const at = phases.findIndex((phase) => phase.id === overview.current);
  if (at >= 0) return at;
  // The current phase is a strip: the bob hangs at the phase it lies over.
  const strip = overview.phases.findIndex((phase) => phase.id === overview.current);
  const below = overview.phases.slice(strip).find((phase) => !phase.strip);
  return below ? phases.indexOf(below) : phases.length;
}

function knot(phase: PhaseStatus): KnotState {
  if (phase.stale || phase.state === 'reopened') return 'stale';
  if (phase.state === 'passed' || phase.state === 'overridden') return phase.state;
  return phase.optional ? 'optional' : 'to-come';
}

function said(phase: PhaseStatus, current: boolean): string {
  const words = [];
  if (current) words.push('current');
  else if (phase.state === 'passed') words.push('passed');
  else if (phase.state === 'overridden') words.push('passed with an override');
  else if (phase.state === 'reopened') words.push('reopened');
  else words.push(phase.optional ? 'optional' : 'not reached');
  if (phase.stale) words.push('stale');
  if (phase.runState === 'running' || phase.runState === 'queued') words.push('running');
  return words.join(', ');
}

function meta(phase: PhaseStatus): string {
  if (phase.runState === 'running') return 'running';
  if (phase.runState === 'queued') return 'queued';
  if (phase.runState === 'waiting') return 'paste';
  if (phase.candidateId) return 'answer';
  if (phase.stale) return 'stale';
  if (phase.state === 'reopened') return 'reopened';
  if (phase.state === 'overridden') return 'override';
  if (phase.kind === 'build' && phase.boxes) return `${phase.done}/${phase.boxes}`;
  if (phase.version) return `v${phase.version}`;
  return phase.optional && phase.state === 'to-come' ? 'optional' : '';
}

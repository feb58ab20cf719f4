import type { Run } from '../../lib/api';
import type { MeterPart } from '../../lib/ui/Meter.svelte';

const tones = ['ink', 'blue', 'blue2', 'blue3'] as const;

/** The parts of a prompt in the tones of the meter: the template dark, inputs in blues. */
export function promptParts(parts: Run['context']['parts']): MeterPart[] {
  return parts
    .filter((part) => part.tokens > 0)
    .map((part, i) => ({ label: part.label, value: part.tokens, tone: tones[Math.min(i, tones.length - 1)] ?? 'blue3' }));
}

/** The window of a run as a meter: what was sent, the answer so far, and what is kept for the rest of it. */
export function runParts(run: Run, tokens: number): MeterPart[] {
  const rest = Math.max(0, run.context.reserve - tokens);
  return [
    ...promptParts(run.context.parts),
    ...(tokens > 0 ? [{ label: 'Answer so far', value: tokens, tone: 'brass' as const }] : []),
    ...(rest > 0 ? [{ label: 'Kept for the answer', value: rest, tone: 'hatch' as const }] : []),
  ];
}

/** How much of the window is taken, in tokens. */
export function used(run: Run, tokens: number): number {
  return run.context.prompt + Math.max(run.context.reserve, tokens);
}

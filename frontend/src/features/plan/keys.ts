import type { PlanView } from '../../lib/state/router.svelte';
import type { Shortcut } from '../../lib/state/shortcuts.svelte';
import type { StepActs } from './acts.svelte';

export interface PlanMoves {
  step: (by: 1 | -1) => void;
  view: (view: PlanView) => void;
  panel: () => void;
}

/** The keys of the screen of the plan; those of a step when one is selected. */
export function planKeys(acts: StepActs | undefined, { step, view, panel }: PlanMoves): Shortcut[] {
  const own: Shortcut[] = acts
    ? [
        { keys: 'Ctrl Enter', anywhere: true, run: () => void acts.run() },
        { keys: 'Ctrl Shift C', anywhere: true, run: () => void acts.copy() },
        { keys: 'Ctrl Shift V', anywhere: true, run: () => void acts.paste() },
        { keys: 'E', run: acts.edit },
        { keys: 'A', run: () => void acts.accept() },
        { keys: 'R', run: () => acts.thread.ask('refine') },
        { keys: 'Escape', run: () => void acts.step.runs.stop() },
      ]
    : [];
  return [
    { keys: 'J', run: () => step(1) },
    { keys: 'K', run: () => step(-1) },
    { keys: '1', run: () => view('list') },
    { keys: '2', run: () => view('graph') },
    { keys: '3', run: () => view('answer') },
    { keys: 'Ctrl .', anywhere: true, run: panel },
    ...own,
  ];
}

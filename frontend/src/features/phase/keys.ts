import type { PhaseState, TabId } from '../../lib/state/phase.svelte';
import type { Shortcut } from '../../lib/state/shortcuts.svelte';
import type { PhaseActs } from './acts.svelte';

/** The keys of the screen of a phase. */
export function phaseKeys(phase: PhaseState, acts: PhaseActs, gate: () => void): Shortcut[] {
  const digits = ['1', '2', '3', '4', '5'].map((keys, i): Shortcut => ({ keys, run: () => show(phase.tabs[i]) }));
  const show = (tab: TabId | undefined): void => {
    if (tab) acts.go(tab);
  };
  return [
    ...digits,
    { keys: 'Ctrl Enter', anywhere: true, run: () => void acts.run() },
    { keys: 'Escape', run: acts.stop },
    { keys: 'Ctrl Shift C', anywhere: true, run: () => void acts.copy() },
    { keys: 'Ctrl Shift V', anywhere: true, run: () => void acts.paste() },
    { keys: 'E', run: acts.edit },
    { keys: 'N', run: acts.turn },
    { keys: 'Ctrl G', anywhere: true, run: () => void acts.pass() },
    { keys: 'Ctrl .', anywhere: true, run: gate },
    { keys: '[', run: () => acts.beside('before') },
    { keys: ']', run: () => acts.beside('after') },
  ];
}

import type { PromptDesk } from '../../lib/state/prompt-desk.svelte';
import type { Shortcut } from '../../lib/state/shortcuts.svelte';
import { notPressing } from '../../lib/ui/keys';
import type { DeskActs } from './acts.svelte';

/** The keys of a prompt on the screen of the library. */
export function deskKeys(desk: PromptDesk, acts: DeskActs, tab: string): Shortcut[] {
  if (tab === 'document') return []; // it has its own
  return [
    { keys: 'C', run: () => void acts.copy() },
    { keys: 'Shift C', run: () => void acts.copy(true) },
    { keys: 'Enter', when: notPressing, run: () => void acts.run() },
    { keys: 'Ctrl Enter', anywhere: true, run: () => void acts.run() },
    { keys: 'Ctrl Shift C', anywhere: true, run: () => void acts.copy() },
    { keys: 'Ctrl Shift V', anywhere: true, run: () => void acts.paste() },
    { keys: 'Escape', run: () => (desk.runs.active ? acts.stop() : tab && acts.back(tab)) },
    { keys: 'S', run: () => void acts.favourite() },
    { keys: 'E', run: () => void acts.edit() },
    { keys: 'N', run: acts.turn },
    { keys: 'P', run: () => (acts.choosing = true) },
  ];
}

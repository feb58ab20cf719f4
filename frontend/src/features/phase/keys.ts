import type { Shortcut } from '../../lib/state/shortcuts.svelte';
import type { TabId } from '../../lib/state/phase.svelte';

interface Keyed {
  tabs: () => readonly TabId[];
  go: (tab: TabId) => void;
  run: () => void;
  copy: () => void;
  paste: () => void;
  stop: () => void;
  edit: () => void;
  pass: () => void;
  beside: (by: 'before' | 'after') => void;
  gate: () => void;
}

/** The keys of the screen of a phase. */
export function phaseKeys(on: Keyed): Shortcut[] {
  const digits = ['1', '2', '3', '4', '5'].map((keys, i): Shortcut => ({
    keys,
    run: () => {
      const tab = on.tabs()[i];
      if (tab) on.go(tab);
    },
  }));
  return [
    ...digits,
    { keys: 'Ctrl Enter', anywhere: true, run: on.run },
    { keys: 'Escape', run: on.stop },
    { keys: 'Ctrl Shift C', anywhere: true, run: on.copy },
    { keys: 'Ctrl Shift V', anywhere: true, run: on.paste },
    { keys: 'E', run: on.edit },
    { keys: 'Ctrl G', anywhere: true, run: on.pass },
    { keys: 'Ctrl .', anywhere: true, run: on.gate },
    { keys: '[', run: () => on.beside('before') },
    { keys: ']', run: () => on.beside('after') },
  ];
}

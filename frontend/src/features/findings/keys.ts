import type { FindingDesk, FindingQuestion } from '../../lib/state/finding-desk.svelte';
import { type FindingsState, levels } from '../../lib/state/findings.svelte';
import type { Shortcut } from '../../lib/state/shortcuts.svelte';
import { notPressing } from '../../lib/ui/keys';
import type { Finding } from '../../lib/api';

export interface FindingMoves {
  /** The finding that is shown. */
  finding: () => Finding | undefined;
  step: (by: 1 | -1) => void;
  open: () => void;
  toggle: () => void;
  search: () => void;
  round: () => void;
  prompt: () => void;
}

/** The keys of the findings. What is marked is acted on together, else the one that is shown. */
export function findingKeys(hold: FindingsState, desk: FindingDesk, moves: FindingMoves): Shortcut[] {
  const chosen = (): Finding[] => {
    const marked = hold.findings.filter((one) => hold.marked.has(one.id));
    const one = moves.finding();
    return marked.length > 0 ? marked : one ? [one] : [];
  };
  const ask = (keys: string, verb: FindingQuestion): Shortcut => ({ keys, run: () => desk.ask(verb, chosen()) });
  return [
    ...levels.map((level, i): Shortcut => ({ keys: String(i), run: () => hold.toggle(level) })),
    { keys: '/', run: moves.search },
    { keys: 'J', run: () => moves.step(1) },
    { keys: 'K', run: () => moves.step(-1) },
    { keys: 'Enter', when: notPressing, run: moves.open },
    { keys: 'Ctrl .', anywhere: true, run: moves.toggle },
    {
      keys: 'X',
      run: () => {
        const one = moves.finding();
        if (one) hold.mark(one.id);
      },
    },
    { keys: 'Escape', when: () => hold.marked.size > 0, run: hold.unmark },
    { keys: 'R', run: moves.round },
    { keys: 'P', run: moves.prompt },
    { keys: 'F', run: () => void desk.plan(chosen()) },
    ask('S', 'schedule'),
    ask('A', 'accept'),
    ask('D', 'fix'),
    ask('O', 'reopen'),
    ask('M', 'merge'),
  ];
}

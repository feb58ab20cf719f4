import type { Finding } from '../../lib/api';
import type { Command } from '../../lib/state/commands.svelte';
import type { FindingDesk, FindingQuestion } from '../../lib/state/finding-desk.svelte';
import { isOpen } from '../../lib/state/rounds';
import type { FindingMoves } from './keys';

/** What the palette offers on the screen of the findings. */
export function findingCommands(desk: FindingDesk, finding: Finding | undefined, moves: FindingMoves, round: string): Command[] {
  const none = finding ? '' : 'No finding is chosen.';
  const live = finding && isOpen(finding);
  const unplanned = none || (live ? '' : 'It is not open.');
  const name = finding?.number ?? 'the finding';
  const ask = (id: FindingQuestion, title: string, icon: Command['icon'], keys: string, reason: string): Command => ({
    id: `finding ${id}`, group: 'Actions', title, icon, keys, ...(reason ? { reason } : {}),
    run: () => finding && desk.ask(id, [finding]),
  });
  return [
    ...(desk.hasPlan()
      ? [{ id: 'finding step', group: 'Actions', title: `Add a fix step for ${name}`, icon: 'plus', keys: 'F', words: 'plan', ...(unplanned ? { reason: unplanned } : {}), run: () => finding && void desk.plan([finding]) } satisfies Command]
      : []),
    ask('schedule', `Schedule the fix of ${name}`, 'history', 'S', none),
    ask('fix', `Mark ${name} as fixed`, 'check', 'D', none || (finding?.state === 'fixed' ? 'It is fixed.' : '')),
    ask('accept', `Accept the risk of ${name}`, 'edit', 'A', none || (finding?.state === 'accepted' ? 'It is accepted.' : '')),
    ask('reopen', `Open ${name} again`, 'back', 'O', none || (live ? 'It is open.' : '')),
    ask('merge', `Merge ${name} into another finding`, 'copy', 'M', none),
    { id: 'finding prompt', group: 'Actions', title: 'Make a fix prompt', icon: 'bolt', keys: 'P', words: 'next meta copy', run: moves.prompt },
    ...(round ? [{ id: 'finding round', group: 'Actions', title: round, icon: 'run', keys: 'R', words: 'audit', run: moves.round } satisfies Command] : []),
  ];
}

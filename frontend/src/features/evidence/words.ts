// Why a box is done, or is to be looked at again, in words.
import type { Evidence, EvidenceKind, Item, Tick } from '../../lib/api';

export const evidenceKinds: { value: EvidenceKind; label: string }[] = [
  { value: 'sentence', label: 'Sentence' },
  { value: 'command', label: 'Command' },
  { value: 'commit', label: 'Commit' },
  { value: 'finding', label: 'Finding' },
];

/** What shows that something is done, in a line. */
export function shownBy({ kind, text, exit, ref }: Evidence): string {
  switch (kind as EvidenceKind) {
    case 'command':
      return `Shown by “${text}”, which ended with ${exit}.`;
    case 'commit':
      return `In commit ${ref.slice(0, 8)}${text ? `: ${text}` : ''}.`;
    case 'finding':
      return `Closed with ${text || ref}.`;
    default:
      return text;
  }
}

/** Why a tick does not count any more. */
export function recheckWhy(tick: Tick | undefined): string {
  if (tick?.was) return `Look again. It was ticked as “${tick.was}”.`;
  const inputs = tick?.evidence?.inputs.filter((one) => one.path) ?? [];
  const [first] = inputs;
  if (!first) return 'Look again. It is not sure that this is what was ticked.';
  const what = first.part ? `${first.part} of ${first.path}` : first.path;
  return `Look again. ${what} v${first.version}, which it was judged by, has changed since.`;
}

/** What stands under the row of a box; empty for nothing. */
export function saidOf(item: Item, state: string): string {
  switch (state) {
    case 'claimed':
      return 'Confirm';
    case 'waived':
      return `Waived: ${item.tick?.reason ?? ''}`;
    case 'recheck':
      return recheckWhy(item.tick);
    case 'done':
      return item.tick?.evidence ? shownBy(item.tick.evidence) : '';
    default:
      return '';
  }
}

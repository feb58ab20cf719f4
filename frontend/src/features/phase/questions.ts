import type { Gate } from '../../lib/api';
import { plural } from '../../lib/ui/format';

/** What needs a reason before it is done. */
export type Question =
  | { kind: 'override' | 'reopen' | 'unfreeze' | 'still' | 'rollback' }
  /** These have dialogs of their own. */
  | { kind: 'healthy' | 'check' | 'change' }
  | { kind: 'waive' | 'evidence'; index: number; strip: boolean };

export type ReasonKind = Exclude<Question['kind'], 'healthy' | 'check' | 'change' | 'evidence'>;

export interface Wording {
  title: string;
  intro: string;
  action: string;
  /** On the button that leaves everything as it is. */
  keep: string;
  kind: 'primary' | 'brass';
}

/** How a question is put. */
export function wordingOf(kind: ReasonKind, title: string, version: number, gate: Gate | undefined): Wording {
  switch (kind) {
    case 'override':
      return {
        title: `Pass the gate with ${plural(gate?.missing ?? 0, 'condition')} missing?`,
        intro: 'Your reason is kept in the history and shown on the line.',
        action: gate?.nextTitle ? `Override and go to ${gate.nextTitle}` : 'Override',
        keep: 'Keep the gate closed',
        kind: 'brass',
      };
    case 'reopen':
      return {
        title: 'Reopen this gate?',
        intro: `The work goes back to ${title}. What was written after it stays.`,
        action: 'Reopen the gate',
        keep: 'Keep it passed',
        kind: 'primary',
      };
    case 'unfreeze':
      return {
        title: `Unfreeze ${title}?`,
        intro: 'This withdraws the sign-off and reopens the gate. The next change makes what was written from it stale.',
        action: 'Unfreeze',
        keep: 'Keep it frozen',
        kind: 'primary',
      };
    case 'still':
      return {
        title: `Is ${title} v${version} still valid?`,
        intro: 'Say why the change does not touch it. It stops being stale until the next change.',
        action: 'It is still valid',
        keep: 'Cancel',
        kind: 'primary',
      };
    case 'rollback':
      return {
        title: `Roll ${title} back?`,
        intro: 'The gate of the release is open again. Say which figure has failed.',
        action: 'It is rolled back',
        keep: 'Cancel',
        kind: 'primary',
      };
    case 'waive':
      return { title: 'Waive this box?', intro: 'It counts as settled. Your reason is kept with it.', action: 'Waive the box', keep: 'Cancel', kind: 'primary' };
  }
}

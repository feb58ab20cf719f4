import type { Command } from '../../lib/state/commands.svelte';
import type { PhaseState } from '../../lib/state/phase.svelte';

export interface PhaseActions {
  hasModel: boolean;
  /** Why the prompt cannot be run now. */
  reason: string;
  run: () => void;
  copy: () => void;
  paste: () => void;
  stop: () => void;
  edit: () => void;
  review: () => void;
  sign: () => void;
  pass: () => void;
  override: () => void;
}

/** What the palette offers on the screen of a phase. What cannot be done stays listed with its reason. */
export function phaseCommands(phase: PhaseState, actions: PhaseActions): Command[] {
  const title = phase.status?.title ?? 'the phase';
  const gate = phase.gate.gate;
  const editable = phase.closed || (phase.document.draft ? 'The editor is open.' : '');
  const list: (Command | false)[] = [
    phase.prompted && {
      ...action('run', `Run ${title}`, 'run', actions.run, actions.hasModel ? actions.reason : 'No model is running. Copy the prompt instead.'),
      keys: 'Ctrl Enter',
      words: 'write prompt model',
    },
    phase.prompted && { ...action('copy', `Copy the ${title} prompt`, 'copy', actions.copy, phase.closed), keys: 'Ctrl Shift C', words: 'clipboard chat' },
    phase.prompted && {
      ...action('paste', 'Paste the answer', 'clipboard', actions.paste, phase.runs.waiting ? '' : 'Copy the prompt first.'),
      keys: 'Ctrl Shift V',
    },
    phase.runs.active !== undefined && { ...action('stop', 'Stop the run', 'stop', actions.stop, ''), keys: 'Escape' },
    { ...action('edit', `Edit ${title}`, 'edit', actions.edit, editable), keys: 'E', words: 'write document' },
    phase.candidate?.open === true && action('review', 'Review the answer', 'compare', actions.review, ''),
    gate?.canSign === true && action('sign', `Sign off ${title} v${gate.version}`, 'edit', actions.sign, ''),
    gate !== undefined && {
      ...action('pass', gate.nextTitle ? `Pass the gate to ${gate.nextTitle}` : 'Pass the last gate', 'gate', actions.pass, phase.gate.passed ? 'It is passed.' : phase.gate.why),
      keys: 'Ctrl G',
    },
    gate !== undefined && !gate.open && !phase.gate.passed && action('override', 'Override the gate with a reason', 'gate', actions.override, phase.closed),
  ];
  return list.filter((one) => one !== false);
}

function action(id: string, title: string, icon: Command['icon'], run: () => void, reason: string): Command {
  return { id: `phase ${id}`, group: 'Actions', title, icon, run, ...(reason ? { reason } : {}) };
}

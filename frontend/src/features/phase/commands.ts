import type { Command } from '../../lib/state/commands.svelte';
import type { PhaseState } from '../../lib/state/phase.svelte';
import type { PhaseActs } from './acts.svelte';

/** What the palette offers on the screen of a phase. What cannot be done stays listed with its reason. */
export function phaseCommands(phase: PhaseState, acts: PhaseActs): Command[] {
  const title = phase.status?.title ?? 'the phase';
  const gate = phase.gate.gate;
  const editable = phase.closed || (phase.document.draft ? 'The editor is open.' : '');
  const list: (Command | false)[] = [
    phase.prompted && {
      ...action('run', `Run ${title}`, 'run', () => void acts.run(), acts.hasModel ? acts.reason : 'No model is running. Copy the prompt instead.'),
      keys: 'Ctrl Enter',
      words: 'write prompt model',
    },
    phase.prompted && { ...action('copy', `Copy the ${title} prompt`, 'copy', () => void acts.copy(), phase.closed), keys: 'Ctrl Shift C', words: 'clipboard chat' },
    phase.prompted && {
      ...action('paste', 'Paste the answer', 'clipboard', () => void acts.paste(), phase.runs.waiting ? '' : 'Copy the prompt first.'),
      keys: 'Ctrl Shift V',
    },
    phase.runs.active !== undefined && { ...action('stop', 'Stop the run', 'stop', acts.stop, ''), keys: 'Escape' },
    { ...action('edit', `Edit ${title}`, 'edit', acts.edit, editable), keys: 'E', words: 'write document' },
    { ...action('next', 'Turn it into the next prompt', 'bolt', acts.turn, acts.turnable ? '' : 'Nothing is written yet.'), keys: 'N', words: 'meta prompt' },
    phase.candidate?.open === true && action('review', 'Review the answer', 'compare', () => acts.go('changes'), ''),
    gate?.canSign === true && action('sign', `Sign off ${title} v${gate.version}`, 'edit', () => void phase.gate.sign(), ''),
    gate !== undefined && {
      ...action('pass', gate.nextTitle ? `Pass the gate to ${gate.nextTitle}` : 'Pass the last gate', 'gate', () => void acts.pass(), phase.gate.passed ? 'It is passed.' : phase.gate.why),
      keys: 'Ctrl G',
    },
    gate !== undefined && !gate.open && !phase.gate.passed && action('override', 'Override the gate with a reason', 'gate', () => acts.ask({ kind: 'override' }), phase.closed),
  ];
  return list.filter((one) => one !== false);
}

function action(id: string, title: string, icon: Command['icon'], run: () => void, reason: string): Command {
  return { id: `phase ${id}`, group: 'Actions', title, icon, run, ...(reason ? { reason } : {}) };
}

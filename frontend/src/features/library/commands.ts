import type { Command } from '../../lib/state/commands.svelte';
import type { PromptDesk } from '../../lib/state/prompt-desk.svelte';
import type { DeskActs } from './acts.svelte';

/** What the palette offers for the prompt on the screen. */
export function deskCommands(desk: PromptDesk, acts: DeskActs): Command[] {
  const { title, card } = acts;
  const list: (Command | false)[] = [
    { ...action('run', `Run ${title}`, 'run', () => void acts.run(), acts.hasModel ? desk.reason : 'No model is running. Copy the prompt instead.'), keys: 'Enter' },
    { ...action('copy', `Copy ${title}`, 'copy', () => void acts.copy()), keys: 'C', words: 'clipboard chat' },
    { ...action('paste', 'Paste the answer', 'clipboard', () => void acts.paste(), desk.runs.waiting ? '' : 'Copy the prompt first.'), keys: 'Ctrl Shift V' },
    desk.runs.active !== undefined && { ...action('stop', 'Stop the run', 'stop', acts.stop), keys: 'Escape' },
    card !== undefined && { ...action('edit', acts.own ? `Edit ${title}` : `Customise ${title}`, 'edit', () => void acts.edit()), keys: 'E' },
    acts.own && action('versions', `Versions of ${title}`, 'history', () => acts.go('versions')),
    { ...action('perspectives', 'Ask several people, one by one', 'person', () => (acts.choosing = true)), keys: 'P', words: 'perspectives personas batch' },
    acts.answer !== undefined && { ...action('next', 'Turn the answer into the next prompt', 'bolt', acts.turn), keys: 'N' },
  ];
  return list.filter((one) => one !== false);
}

function action(id: string, title: string, icon: Command['icon'], run: () => void, reason = ''): Command {
  return { id: `prompt ${id}`, group: 'Actions', title, icon, run, ...(reason ? { reason } : {}) };
}

/** The shortcuts of the app, as the settings list them. Single keys can be switched off. */
export const shortcutList: { title: string; keys: [string, string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['Ctrl K', 'Go to a place or run an action'],
      ['Ctrl Shift K', 'Copy a prompt: the last one is chosen already'],
      ['F6', 'Next region of the page'],
      ['Ctrl ,', 'Settings'],
    ],
  },
  {
    title: 'Projects',
    keys: [
      ['N', 'New project'],
      ['/', 'Filter'],
      ['Ctrl Enter', 'Create the project'],
    ],
  },
  {
    title: 'Phase',
    keys: [
      ['1 to 5', 'Prompt, Run, Document, Changes, History'],
      ['Ctrl Enter', 'Run the prompt'],
      ['Escape', 'Stop the run'],
      ['Ctrl Shift C', 'Copy the prompt'],
      ['Ctrl Shift V', 'Paste an answer'],
      ['E', 'Edit the document'],
      ['N', 'Turn the answer or the document into the next prompt'],
      ['Ctrl S', 'Save it'],
      ['Space', 'Tick the box that has the focus'],
      ['Ctrl G', 'Pass the gate'],
      ['[ and ]', 'Previous and next phase'],
      ['Ctrl .', 'Show or hide the gate'],
    ],
  },
  {
    title: 'Library',
    keys: [
      ['/', 'Search prompts'],
      ['J and K', 'Next and previous prompt'],
      ['C', 'Copy the prompt'],
      ['Shift C', 'Copy it and open the chat site'],
      ['Enter', 'Run it'],
      ['S', 'Make it a favourite'],
      ['E', 'Edit or customise it'],
      ['P', 'Ask several people'],
      ['N', 'Turn the answer into the next prompt'],
    ],
  },
  {
    title: 'Findings',
    keys: [
      ['J and K', 'Next and previous finding'],
      ['Enter', 'Open it'],
      ['0 to 3', 'Only P0, P1, P2 or P3'],
      ['/', 'Find in findings'],
      ['F', 'Schedule the fix'],
      ['D', 'Mark it as fixed'],
      ['A', 'Accept the risk'],
      ['O', 'Open it again'],
      ['M', 'Merge it into another one'],
      ['P', 'Make a fix prompt'],
      ['X', 'Mark it, to act on several'],
      ['R', 'Run the next round'],
      ['Ctrl .', 'Show or hide the finding'],
    ],
  },
  {
    title: 'History',
    keys: [
      ['J and K', 'Move the later version, or the moment'],
      ['Shift J and Shift K', 'Move the earlier version'],
      ['R', 'Restore a version'],
      ['/', 'Search in old versions'],
    ],
  },
];

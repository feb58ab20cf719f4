/** A title as the backend compares it: numbering, case and punctuation around it do not count. */
export function titleKey(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\d.)\-–—:*_# ]+/, '')
    .replace(/[ .:*_#–—-]+$/, '');
}

/**
 * What stands under a box in its own list, for example why it matters: the
 * deeper items after its line, up to the next box.
 */
export function notesUnder(markdown: string, line: number): string[] {
  const notes: string[] = [];
  for (const text of markdown.split('\n').slice(line)) {
    const deeper = /^\s+[-*+]\s+(?!\[[ xX]\])(.*)$/.exec(text);
    if (!deeper) break;
    notes.push((deeper[1] ?? '').trim());
  }
  return notes;
}

/** How a document is called. One whose file is a number is called by its folder, too: "Step 03". */
export function titled({ title, path }: { title: string; path: string }): string {
  const folder = path.split('/').at(-2);
  if (!folder || !/^\d+$/.test(title)) return title;
  return `${folder.charAt(0).toUpperCase()}${folder.slice(1).replace(/s$/, '')} ${title}`;
}

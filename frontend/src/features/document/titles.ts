/** A title as the backend compares it: numbering, case and punctuation around it do not count. */
export function titleKey(text: string): string {
  const whole = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const key = whole.replace(/^[\d.)\-–—:*_# ]+/, '').replace(/[ .:*_#–—-]+$/, '');
  return key || whole; // a title that is nothing but a number or a date
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

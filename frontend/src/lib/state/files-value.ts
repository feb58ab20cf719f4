/** Files as the value of a variable: each by its name and a fence around its text. */
export interface NamedText {
  path: string;
  text: string;
}

const opening = /^File: `([^`\n]+)`\n+(`{3,})[^\n]*\n/gm;

/** Writes files one after the other. A fence is longer than any within the text. */
export function filesText(files: NamedText[]): string {
  return files
    .map(({ path, text }) => {
      const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
      const fence = '`'.repeat(longest + 1);
      return `File: \`${path.replaceAll('`', "'")}\`\n${fence}\n${text === '' || text.endsWith('\n') ? text : `${text}\n`}${fence}\n`;
    })
    .join('\n');
}

/** Reads files that filesText has written. Undefined when the value holds anything else. */
export function filesOf(value: string): NamedText[] | undefined {
  const files: NamedText[] = [];
  let at = 0;
  while (at < value.length) {
    opening.lastIndex = at;
    const match = opening.exec(value);
    if (!match || value.slice(at, match.index).trim() !== '') return value.slice(at).trim() === '' ? files : undefined;
    const [head, path = '', fence = ''] = match;
    const start = match.index + head.length;
    const end = value.indexOf(`\n${fence}\n`, start - 1);
    if (end < 0) return undefined;
    files.push({ path, text: value.slice(start, end + 1) });
    at = end + fence.length + 2;
  }
  return files;
}

/** Adds files to those that are there; one of the same path takes its place. */
export function withFiles(before: NamedText[], added: NamedText[]): NamedText[] {
  const paths = new Set(added.map((one) => one.path));
  return [...before.filter((one) => !paths.has(one.path)), ...added].sort((a, b) => a.path.localeCompare(b.path));
}

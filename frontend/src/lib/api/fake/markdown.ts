// Just enough Markdown for the fake: the backend renders the real thing.
import type { Item } from '../types';

const boxLine = /^(\s*)[-*] \[([ xX])\] (.*)$/;

/** Finds the task boxes of a text, as the backend numbers them. */
export function items(markdown: string, confirmed: ReadonlySet<string>): Item[] {
  const found: Item[] = [];
  let offset = 0;
  let section = '';
  markdown.split('\n').forEach((line, i) => {
    const box = boxLine.exec(line);
    if (/^#{1,6} /.test(line)) section = line.replace(/^#+ /, '');
    if (box) {
      const [, indent = '', mark = ' ', text = ''] = box;
      const marked = mark !== ' ';
      const key = `${section}\u001f${text}`;
      const state = !marked ? 'open' : confirmed.has(key) ? 'done' : 'claimed';
      found.push({
        index: found.length,
        offset: bytes(markdown.slice(0, offset + indent.length + 3)),
        line: i + 1,
        depth: indent.length / 2,
        section,
        text,
        marked,
        key,
        state,
      });
    }
    offset += line.length + 1;
  });
  return found;
}

/** Renders headings, lists, task boxes, fences, tables and paragraphs. */
export function html(markdown: string, list: Item[] = items(markdown, new Set())): string {
  let box = 0;
  return blocks(markdown)
    .map((block) => render(block, () => list[box++]))
    .join('\n');
}

/** Splits a text where blank lines stand outside of fences. */
export function blocks(markdown: string): string[] {
  const out: string[] = [];
  let current: string[] = [];
  let fenced = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced;
    if (line.trim() === '' && !fenced) {
      if (current.length) out.push(current.join('\n'));
      current = [];
    } else current.push(line);
  }
  if (current.length) out.push(current.join('\n'));
  return out;
}

function render(block: string, nextItem: () => Item | undefined): string {
  const lines = block.split('\n');
  const first = lines[0] ?? '';
  const title = /^(#{1,6}) (.*)$/.exec(first);
  if (title) {
    const level = title[1]?.length ?? 1;
    const rest = lines.slice(1).join('\n');
    return `<h${level}>${inline(title[2] ?? '')}</h${level}>${rest && render(rest, nextItem)}`;
  }
  if (first.startsWith('```')) return `<pre><code>${escape(lines.slice(1, -1).join('\n'))}</code></pre>`;
  if (first.startsWith('|')) return table(lines);
  if (/^\s*[-*] /.test(first)) return `<ul>${lines.map((line) => listItem(line, nextItem)).join('')}</ul>`;
  if (/^\d+\. /.test(first)) return `<ol>${lines.map((l) => `<li>${inline(l.replace(/^\d+\. /, ''))}</li>`).join('')}</ol>`;
  return `<p>${inline(block)}</p>`;
}

function listItem(line: string, nextItem: () => Item | undefined): string {
  const box = boxLine.exec(line);
  if (!box) return `<li>${inline(line.replace(/^\s*[-*] /, ''))}</li>`;
  const item = nextItem();
  const at = item ? `data-offset="${item.offset}" data-index="${item.index}" data-state="${item.state}"` : '';
  return `<li><span class="box" role="checkbox" ${at}></span> ${inline(box[3] ?? '')}</li>`;
}

function table(lines: string[]): string {
  const row = (line: string, cell: string): string =>
    `<tr>${line
      .split('|')
      .slice(1, -1)
      .map((text) => `<${cell}>${inline(text.trim())}</${cell}>`)
      .join('')}</tr>`;
  const [head = '', , ...body] = lines;
  return `<table><thead>${row(head, 'th')}</thead><tbody>${body.map((line) => row(line, 'td')).join('')}</tbody></table>`;
}

function inline(text: string): string {
  return escape(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\*([^*]+)\*/g, '<em>$1</em>')
    .replace(/\[([^\]]+)\]\((https?:[^)]+)\)/g, '<a href="$2">$1</a>');
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

export function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

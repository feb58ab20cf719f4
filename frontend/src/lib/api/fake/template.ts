// Just enough of the templates of prompts for the fake.
import type { FilledVariable, PromptSpan, Variable } from '../types';
import { bytes } from './markdown';

const section = /\{\{([#^])(\w+)\}\}\n?([\s\S]*?)\{\{\/\2\}\}\n?/g;

/** Fills a template; what is required and empty stands in it as “[Label]”. */
export function fillTemplate(body: string, variables: FilledVariable[]): { text: string; spans: PromptSpan[] } {
  const values = new Map(variables.map((one) => [one.variable.name, one]));
  const open = body.replace(section, (_, sign: string, name: string, inner: string) => {
    const filled = (values.get(name)?.value ?? '') !== '';
    return filled === (sign === '#') ? inner : '';
  });
  let text = '';
  const spans: PromptSpan[] = [];
  for (const piece of open.split(/(\{\{\w+\}\})/)) {
    const name = /^\{\{(\w+)\}\}$/.exec(piece)?.[1];
    const filled = name === undefined ? undefined : values.get(name);
    const value = filled ? filled.value || (filled.variable.required ? `[${filled.variable.label}]` : '') : piece;
    if (name !== undefined) spans.push({ name, start: bytes(text), end: bytes(text) + bytes(value) });
    text += value;
  }
  return { text, spans };
}

/** A prompt as a file: front matter and template. */
export function fileOf(card: { id: string; title: string; summary: string; group: string; tags: string[] }, variables: Variable[], body: string): string {
  const fields = variables.flatMap((one) => [`  - name: ${one.name}`, `    type: ${one.type}`, `    label: ${one.label}`, ...(one.required ? ['    required: true'] : []), ...(one.example ? [`    example: ${one.example}`] : [])]);
  const head = [`id: ${card.id}`, `title: ${card.title}`, `summary: ${card.summary}`, `group: ${card.group}`, `tags: [${card.tags.join(', ')}]`];
  return ['---', ...head, ...(fields.length > 0 ? ['variables:', ...fields] : []), '---', '', body].join('\n');
}

/** What a file says, as far as the fake reads it. */
export function readFile(text: string): { id: string; title: string; summary: string; group: string; tags: string[]; body: string } | undefined {
  const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n\n?([\s\S]*)$/.exec(text) ?? [];
  const field = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'm').exec(head)?.[1]?.trim() ?? '';
  if (!field('id') || !field('title')) return undefined;
  const tags = field('tags').replace(/[[\]]/g, '').split(',').map((one) => one.trim()).filter(Boolean);
  return { id: field('id'), title: field('title'), summary: field('summary'), group: field('group') || 'yours', tags, body };
}

import type { FilledVariable } from '../../lib/api';

/** Where the value of a variable comes from, in a word or two. */
export function sourceOf(filled: FilledVariable, value: string): string {
  if (!value.trim() && filled.from !== 'artifact') return filled.variable.required ? '' : 'optional';
  if (value !== filled.value || filled.from === 'user') return 'by you';
  if (filled.from === 'project') return filled.label || 'Project';
  if (filled.from === 'artifact') return filled.label;
  return filled.from === 'default' ? 'default' : '';
}

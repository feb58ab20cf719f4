import type { FilledPrompt } from '../api';

/** A stretch of an assembled prompt: the template's own text, or what filled a variable. */
export interface PromptPart {
  /** Of the variable; empty for the template's own text. */
  name: string;
  text: string;
  /** What filled it: "Request v3", or the label of the variable. */
  label: string;
  tokens: number;
  /** Long enough to be folded. */
  long: boolean;
}

/** A piece of the template's own text, as it is drawn. */
export interface PromptPiece {
  kind: 'text' | 'heading' | 'tag' | 'gap';
  text: string;
}

const pieces = /(\n{2,}|^#{1,6} .*$|^<\/?[a-z][\w-]*>$)/m;

/** Cuts the template's text for reading: headings and tags stand out, empty lines are narrow. */
export function piecesOf(text: string): PromptPiece[] {
  return text
    .split(pieces)
    .filter((piece) => piece !== '')
    .map((piece) => ({ kind: piece.startsWith('\n\n') ? 'gap' : piece.startsWith('#') ? 'heading' : /^<[^\n]*>$/.test(piece) ? 'tag' : 'text', text: piece }));
}

const foldLines = 6;
const foldLength = 480;

/** Cuts the assembled text at its spans, which are counted in bytes. */
export function partsOf({ variables: filled, text, spans }: Pick<FilledPrompt, 'variables' | 'text' | 'spans'>): PromptPart[] {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  const variables = new Map(filled.map((one) => [one.variable.name, one]));
  const parts: PromptPart[] = [];
  const push = (name: string, start: number, end: number): void => {
    if (end <= start) return;
    const known = variables.get(name);
    const body = decoder.decode(bytes.subarray(start, end));
    parts.push({
      name,
      text: body,
      label: known?.label || known?.variable.label || name,
      tokens: known?.tokens ?? 0,
      long: name !== '' && (known?.variable.type === 'artifact' || body.length > foldLength || body.split('\n').length > foldLines),
    });
  };
  let at = 0;
  for (const span of spans) {
    push('', at, span.start);
    push(span.name, Math.max(at, span.start), span.end);
    at = Math.max(at, span.end);
  }
  push('', at, bytes.length);
  return parts;
}

/** Cuts a text where a search has found something: offsets in bytes, two for each part. */
export function marked(text: string, offsets: number[]): { text: string; hit: boolean }[] {
  if (offsets.length === 0) return [{ text, hit: false }];
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  const pieces: { text: string; hit: boolean }[] = [];
  let at = 0;
  const push = (to: number, hit: boolean): void => {
    if (to > at) pieces.push({ text: decoder.decode(bytes.subarray(at, to)), hit });
    at = Math.max(at, to);
  };
  for (let i = 0; i + 1 < offsets.length; i += 2) {
    push(offsets[i] ?? 0, false);
    push(offsets[i + 1] ?? 0, true);
  }
  push(bytes.length, false);
  return pieces;
}

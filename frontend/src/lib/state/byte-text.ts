const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How many bytes a text takes in UTF-8, the measure of every offset of the backend. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** A text from a byte offset on. */
function byteSlice(text: string, start: number): string {
  return decoder.decode(encoder.encode(text).subarray(start));
}

/** Byte offsets of a text, two for each part, as places in it: [from, to) pairs. */
export function ranges(text: string, offsets: number[]): [number, number][] {
  const bytes = encoder.encode(text);
  const place = (offset = bytes.length): number => decoder.decode(bytes.subarray(0, offset)).length;
  return offsets.flatMap((from, i): [number, number][] => (i % 2 === 0 ? [[place(from), place(offsets[i + 1])]] : []));
}

/** A text with the byte at an offset replaced by an ASCII character. */
export function withByte(text: string, offset: number, character: string): string {
  const bytes = encoder.encode(text);
  if (offset < 0 || offset >= bytes.length) return text;
  bytes[offset] = character.charCodeAt(0);
  return decoder.decode(bytes);
}

/**
 * A window onto a text that arrives in pieces with byte offsets. Pieces may
 * come twice or overlap; a piece that leaves a gap is refused.
 */
export class ByteText {
  text = '';
  /** Where the window begins, and where the text known so far ends. */
  start = 0;
  end = 0;

  /** Adds what is new of a piece. False means that something before it is missing. */
  add(offset: number, piece: string): boolean {
    const size = byteLength(piece);
    if (offset > this.end) return false;
    if (offset + size <= this.end) return true;
    this.text += offset === this.end ? piece : byteSlice(piece, this.end - offset);
    this.end = offset + size;
    return true;
  }

  /** Takes a text that is known whole from an offset on, and keeps what is known beyond it. */
  reset(offset: number, text: string): void {
    const end = offset + byteLength(text);
    if (end < this.end && offset >= this.start) {
      this.text = byteSlice(this.text, offset - this.start);
    } else {
      this.text = text;
      this.end = end;
    }
    this.start = offset;
  }
}

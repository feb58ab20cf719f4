// Files that a person chose or dropped, as they are sent.
import type { ImportFile } from '../api';
import type { PathFile } from '../ui/dropped';

/** Larger files than this are not sent. */
export const fileLimit = 5 << 20;

/** Reads texts; what cannot be one is named instead. Larger files have the command of the terminal. */
export async function readAll(files: PathFile[], command: string): Promise<{ files: ImportFile[]; refused: string[] }> {
  const read: ImportFile[] = [];
  const refused: string[] = [];
  for (const { path, file } of files) {
    if (/(^|\/)\.(git|DS_Store)(\/|$)/.test(path)) continue;
    if (file.size > fileLimit) {
      refused.push(`${path} is larger than 5 MB. Import it in a terminal: “${command}”.`);
      continue;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    const archive = bytes[0] === 0x50 && bytes[1] === 0x4b;
    if (archive && files.length === 1) read.push({ path, content: base64(bytes), base64: true });
    else if (archive) refused.push(`${path} is an archive. Choose it alone.`);
    else {
      const content = decoded(bytes);
      if (content === undefined) refused.push(`${path} is no text.`);
      else read.push({ path, content, base64: false });
    }
  }
  return { files: read, refused };
}

/** A text in UTF-8, as it is; undefined for what is none. */
function decoded(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes as a text that JSON can hold. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

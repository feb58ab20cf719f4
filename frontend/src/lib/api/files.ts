// Files of the user's. In the window they are chosen with the dialogs of the
// system and known by their paths; a browser knows no paths, it sends and keeps
// the files themselves.
import { OpenFile, SaveFile } from '../../../wailsjs/go/desktop/Dialogs';
import { toApiError } from './error';
import { hasDialogs } from './shim';

/** A file that is to be read. */
export type Picked = { name: string; path: string } | { name: string; file: File };

export interface Files {
  /** Asks which file is to be read; undefined when none is. */
  openFile(title: string): Promise<Picked | undefined>;
  /** Asks where a file is to be written. In a browser it is a download: see keepFile. */
  saveFile(title: string, name: string): Promise<{ path: string } | 'download' | undefined>;
  /** Has the browser keep a file among the downloads. */
  keepFile(name: string, content: Blob): void;
}

export const files: Files = {
  async openFile(title) {
    if (!hasDialogs()) return pick();
    const path = await OpenFile(title).catch(refuse);
    return path ? { name: path.split(/[\\/]/).at(-1) ?? path, path } : undefined;
  },

  async saveFile(title, name) {
    if (!hasDialogs()) return 'download';
    const path = await SaveFile(title, name).catch(refuse);
    return path ? { path } : undefined;
  },

  keepFile(name, content) {
    const url = URL.createObjectURL(content);
    const link = document.createElement('a'); // not in the page, whose links open in the browser of the system
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // it is read after the click
  },
};

function refuse(cause: unknown): never {
  throw toApiError(cause);
}

function pick(): Promise<Picked | undefined> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.zip,application/zip';
  input.className = 'vh';
  input.tabIndex = -1;
  input.setAttribute('aria-hidden', 'true');
  document.body.append(input); // some browsers ask only for one in the page
  return new Promise((resolve) => {
    const done = (): void => {
      const file = input.files?.[0];
      input.remove();
      resolve(file && { name: file.name, file });
    };
    input.addEventListener('change', done);
    input.addEventListener('cancel', done);
    input.click();
  });
}

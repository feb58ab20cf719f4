// What the page asks of the desktop: the clipboard, links, the title, files.
import { BrowserOpenURL, ClipboardGetText, ClipboardSetText, WindowSetTitle } from '../../../wailsjs/runtime/runtime';
import { ApiError } from './error';
import { type Files, files } from './files';

export interface Desk extends Files {
  /** Puts a text on the clipboard. */
  copy(text: string): Promise<void>;
  /** Reads the clipboard; the browser may ask the user first. */
  paste(): Promise<string>;
  /** Opens an address in the system's browser. Only http and https. */
  open(url: string): void;
  title(text: string): void;
}

/** In the window the bridge writes the clipboard, in the browser the browser does; both may refuse. */
export const desk: Desk = {
  ...files,

  async copy(text) {
    if (await accepted(() => ClipboardSetText(text))) return;
    if (copyBySelection(text)) return;
    throw new ApiError('unavailable', 'The clipboard cannot be written.', 'Select the text and copy it by hand.');
  },

  async paste() {
    try {
      return await ClipboardGetText();
    } catch {
      throw new ApiError('unavailable', 'The clipboard cannot be read.', 'Paste the text into the field instead.');
    }
  },

  open(url) {
    if (/^https?:\/\//i.test(url)) BrowserOpenURL(url);
  },

  title(text) {
    document.title = text;
    WindowSetTitle(text);
  },
};

async function accepted(write: () => Promise<boolean>): Promise<boolean> {
  try {
    return await write();
  } catch {
    return false;
  }
}

/** The old way: browsers without a secure origin have no other. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'vh';
  area.setAttribute('readonly', '');
  // A modal dialog makes the rest of the page inert, so the text has to be inside it.
  (document.querySelector('dialog:modal') ?? document.body).append(area);
  const focused = document.activeElement;
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}

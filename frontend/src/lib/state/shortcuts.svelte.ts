/** A key or chord and what it does. */
export interface Shortcut {
  /** "N", "Ctrl K", "Ctrl Shift C", "[". Ctrl is Cmd on macOS. */
  keys: string;
  run: (event: KeyboardEvent) => void;
  /** Also while a text field has the focus. */
  anywhere?: boolean;
  /** Whether it counts for this press. Enter is also the key of buttons and links. */
  when?: (event: KeyboardEvent) => boolean;
}

/** The parts of a key press that matter; a KeyboardEvent has them. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Reports whether a press is that chord. */
export function matches(keys: string, press: KeyPress, mac: boolean): boolean {
  const parts = keys.split(' ');
  const key = parts.at(-1) ?? '';
  // Signs like [ need AltGr on some keyboards, which reads as Ctrl and Alt.
  const sign = key.length === 1 && !/[a-z0-9]/i.test(key);
  const altGr = sign && press.ctrlKey && press.altKey;
  const command = altGr ? false : mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  if (command !== parts.includes('Ctrl') || other) return false;
  if (!altGr && press.altKey !== parts.includes('Alt')) return false;
  if (!sign && press.shiftKey !== parts.includes('Shift')) return false;
  return press.key.toLowerCase() === (key === 'Space' ? ' ' : key.toLowerCase());
}

/** The shortcuts of what is on the screen. The latest bound wins. */
export class Shortcuts {
  private stack: Shortcut[] = [];

  constructor(
    private readonly mac: boolean,
    /** Whether shortcuts of one key are switched on. */
    private readonly singleKeys: () => boolean,
  ) {}

  /** Binds until the returned function is called: `$effect(() => app.shortcuts.bind([…]))`. */
  bind(shortcuts: Shortcut[]): () => void {
    this.stack = [...this.stack, ...shortcuts];
    return () => {
      this.stack = this.stack.filter((one) => !shortcuts.includes(one));
    };
  }

  /** Runs the shortcut of a press, if there is one. Returns whether there was. */
  handle(event: KeyboardEvent, typing: boolean): boolean {
    if (event.isComposing || event.defaultPrevented) return false;
    const hit = this.stack.findLast((one) => this.allowed(one, typing) && matches(one.keys, event, this.mac) && (one.when?.(event) ?? true));
    if (!hit) return false;
    event.preventDefault();
    hit.run(event);
    return true;
  }

  private allowed(shortcut: Shortcut, typing: boolean): boolean {
    if (typing && !shortcut.anywhere) return false;
    const single = !/Ctrl|Alt/.test(shortcut.keys) && shortcut.keys.split(' ').at(-1)?.length === 1;
    return !single || this.singleKeys();
  }
}

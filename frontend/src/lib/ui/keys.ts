/** Reports whether the keyboard has Command keys. */
export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

const signs: Record<string, string> = { Enter: '↵', Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓', ' ': 'Space' };

/** A chord as people read it: "Ctrl Enter" becomes "Ctrl ↵", on macOS "⌘ ↵". */
export function keyLabel(keys: string, mac = isMac): string {
  return keys
    .split(' ')
    .map((key) => (mac && key === 'Ctrl' ? '⌘' : mac && key === 'Shift' ? '⇧' : (signs[key] ?? key)))
    .join(' ');
}

/** The same chord in the form aria-keyshortcuts wants: "Control+Enter". */
export function keyShortcut(keys: string, mac = isMac): string {
  return keys
    .split(' ')
    .map((key) => (key === 'Ctrl' ? (mac ? 'Meta' : 'Control') : key))
    .join('+');
}

/** Reports whether Enter is free: where it would press a button or follow a link that has the focus, it is not. */
export function notPressing(event: KeyboardEvent): boolean {
  return !(event.target instanceof Element && event.target.closest('button, a, summary, [role="menu"], [role="switch"], [role="radio"]'));
}

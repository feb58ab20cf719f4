/** The regions that F6 goes through, in the order of the page. */
const selector = 'aside.side, main, aside.panel';

/** Moves the focus to the next region, or with `back` to the one before. */
export function cycleLandmarks(back: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>(selector)].filter((region) => region.offsetParent);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + (back ? -1 : 1) + regions.length) % regions.length];
  if (!next) return;
  const inside = next.matches('main') ? next.querySelector<HTMLElement>('h1') : null;
  const target = inside ?? firstStop(next) ?? next;
  target.focus();
}

/** Puts the focus on the title of the screen, so that screen readers say where one is. */
export function focusTitle(): void {
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}

/** Whether a key press is meant for a text field. Looks into shadow roots, where the editor lives. */
export function isTyping(event: Event): boolean {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}

function firstStop(region: HTMLElement): HTMLElement | null {
  return region.querySelector<HTMLElement>('a[href], button:not([tabindex="-1"]), input, textarea, select, [tabindex="0"]');
}

/**
 * Keeps the focus near where it was when what had it is taken away, such as the button of
 * something that is done: the browser would begin again at the top of the page. Whoever moves
 * the focus on purpose has a frame to do so. Ends when the returned function is called.
 */
export function keepFocus(page: HTMLElement): () => void {
  let path: HTMLElement[] = []; // what has the focus, and what it is in, from the inside out
  let behind: HTMLElement[] = []; // the same of what had it before a question was asked
  let frame = 0;
  const note = (event: FocusEvent): void => {
    const next = event.composedPath().filter((one) => one instanceof HTMLElement);
    const question = next.find((one) => one.matches('dialog'));
    if (!question) behind = [];
    else if (!path.includes(question)) behind = path;
    path = next;
  };
  const lost = (): boolean => path[0] !== undefined && !path[0].isConnected && (document.activeElement === document.body || document.activeElement === null);
  const restore = (): void => {
    frame = 0;
    if (!lost()) return;
    const near = [...path, ...behind].find((one) => one.isConnected && (one.hasAttribute('tabindex') || one.matches('dialog[open]')));
    if (!near) focusTitle();
    else (near.matches('dialog') ? firstStop(near) : near)?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(() => {
    if (frame === 0 && lost()) frame = requestAnimationFrame(restore);
  });
  page.addEventListener('focusin', note);
  observer.observe(page, { childList: true, subtree: true });
  return () => {
    page.removeEventListener('focusin', note);
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}

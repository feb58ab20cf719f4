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

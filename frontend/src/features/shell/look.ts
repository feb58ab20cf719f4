import type { Settings } from '../../lib/api';

/** Where public/theme.js reads the look from before the first paint. */
const key = 'plumbline.look';

/** Applies the theme and text size to the page, and follows the system's theme until the returned function is called. */
export function applyLook({ theme, textSize }: Pick<Settings, 'theme' | 'textSize'>): () => void {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    root.dataset.theme = theme === 'dark' || (theme !== 'light' && dark.matches) ? 'dark' : 'light';
    root.dataset.text = textSize;
  };
  apply();
  try {
    localStorage.setItem(key, JSON.stringify({ theme, textSize }));
  } catch {
    // Without storage the next start may begin in the system's theme.
  }
  dark.addEventListener('change', apply);
  return () => dark.removeEventListener('change', apply);
}

/** Whether Plumbline was open here before. A first start leads to the welcome, so nothing else is shown until that is known. */
export function startedBefore(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

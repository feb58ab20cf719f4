import { createContext } from 'svelte';
import type { AppState } from './app.svelte';

/** `useApp()` in any component under App; App itself provides it. */
export const [useApp, provideApp] = createContext<AppState>();

// Where there is no room for a region beside the screen, it becomes a drawer over it.
// The widths are also those of styles/layout.css.
import { MediaQuery } from 'svelte/reactivity';

/** Whether the panel stands beside the screen. Not in small windows, nor at 200 % text. */
export const panelFits = new MediaQuery('min-width: 901px', true);
/** Whether the side does. */
export const sideFits = new MediaQuery('min-width: 761px', true);

import { untrack } from 'svelte';
import { toApiError } from '../api/error';

export interface Toast {
  id: number;
  message: string;
  hint?: string;
  tone: 'plain' | 'red';
  /** Leads to what it is about. */
  link?: { label: string; href: string };
  action?: { label: string; run: () => void };
}

/** How long a toast stays, in milliseconds. */
const stay = 6000;

/** What has just been done. Never for errors that need a decision. */
export class Toasts {
  list = $state.raw<Toast[]>([]);
  private next = 1;
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();

  show = (message: string, more: Partial<Omit<Toast, 'id' | 'message'>> = {}): number => {
    const toast: Toast = { id: this.next++, message, tone: 'plain', ...more };
    this.list = [...untrack(() => this.list).slice(-2), toast];
    this.wait(toast.id);
    return toast.id;
  };

  /** Shows why something did not work, when there is no better place beside it. */
  fail = (cause: unknown): void => {
    const error = toApiError(cause);
    if (error.code === 'canceled') return;
    this.show(error.message, { tone: 'red', ...(error.hint ? { hint: error.hint } : {}) });
  };

  close = (id: number): void => {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  };

  /** While they are held, none goes away. */
  hold = (held: boolean): void => {
    for (const toast of this.list) {
      if (held) clearTimeout(this.timers.get(toast.id));
      else this.wait(toast.id);
    }
  };

  private wait(id: number): void {
    clearTimeout(this.timers.get(id));
    this.timers.set(
      id,
      setTimeout(() => this.close(id), stay),
    );
  }
}

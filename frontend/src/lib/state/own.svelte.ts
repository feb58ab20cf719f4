import type { Api, OwnChecklist } from '../api';
import type { Toasts } from './toasts.svelte';

/** The checklists of a person rather than of a project. Without an answer they are simply not there. */
export class OwnState {
  list = $state.raw<OwnChecklist[]>([]);
  busy = $state(false);

  constructor(
    private readonly api: Pick<Api, 'library'>,
    private readonly toasts: Pick<Toasts, 'fail'>,
  ) {}

  load = async (): Promise<void> => {
    this.list = await this.api.library.own().catch(() => this.list);
  };

  /** Ticks a box, or takes the tick back. One at a time: each makes a version. */
  toggle = async (id: string, offset: number, state: string): Promise<void> => {
    const one = this.list.find((list) => list.id === id);
    if (!one || this.busy) return;
    this.busy = true;
    try {
      const next = await this.api.library.tickOwn({ id, offset, version: one.version, done: state !== 'done' });
      this.list = this.list.map((list) => (list.id === id ? next : list));
    } catch (error) {
      this.toasts.fail(error);
      await this.load();
    } finally {
      this.busy = false;
    }
  };
}

import type { Api, Event, Practice } from '../api';

/** The practice prompts with when they are due. Without an answer the strip is simply not there. */
export class PracticeState {
  list = $state.raw<Practice[]>([]);
  readonly due = $derived(this.list.filter((one) => one.due));

  constructor(private readonly api: Pick<Api, 'library'>) {}

  load = async (): Promise<void> => {
    this.list = await this.api.library.practice().catch(() => this.list);
  };

  /** A practice prompt that was run or copied is not due any more. */
  apply(event: Event): void {
    const id = event.run?.promptId;
    if (event.library || (id && this.list.some((one) => one.promptId === id))) void this.load();
  }
}

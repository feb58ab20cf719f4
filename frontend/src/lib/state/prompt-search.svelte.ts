import { type Api, type ApiError, type PromptHit, toApiError } from '../api';

/** The search of the library as it is typed: one request at a time, and the last words are never left out. */
export class PromptSearch {
  /** What was found, the best first; undefined without words. */
  hits = $state.raw<PromptHit[]>();
  error = $state.raw<ApiError>();
  private words = '';
  private asking: Promise<void> | undefined;

  constructor(private readonly api: Pick<Api, 'library'>) {}

  /** Resolves when what was typed last is answered; undefined when it is. */
  get pending(): Promise<void> | undefined {
    return this.asking;
  }

  ask = (words: string): void => {
    this.words = words.trim();
    if (this.words) {
      this.asking ??= this.answer();
      return;
    }
    this.hits = undefined;
    this.error = undefined;
  };

  private async answer(): Promise<void> {
    try {
      for (let asked = ''; this.words && asked !== this.words; ) {
        asked = this.words;
        const hits = await this.api.library.search(asked);
        if (this.words) this.hits = hits;
      }
      this.error = undefined;
    } catch (cause) {
      this.hits = undefined;
      this.error = toApiError(cause);
    } finally {
      this.asking = undefined;
    }
  }
}

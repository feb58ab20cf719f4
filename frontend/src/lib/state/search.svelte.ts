import { type Api, type ApiError, type SearchHit, toApiError } from '../api';

/** Words looked for in every version of the documents of a project. */
export class SearchState {
  words = $state('');
  /** One document; empty for all of them. */
  path = $state('');
  hits = $state.raw<SearchHit[]>([]);
  done = $state(0);
  total = $state(0);
  more = $state(false);
  running = $state(false);
  /** What was looked for last, once that has ended or found something. */
  searched = $state('');
  error = $state.raw<ApiError>();

  readonly share = $derived(this.total > 0 ? this.done / this.total : 0);

  private stopping: AbortController | undefined;

  constructor(
    private readonly api: Pick<Api, 'projects'>,
    private readonly project: string,
  ) {}

  /** Searches anew; what goes on is stopped. */
  run = async (): Promise<void> => {
    this.stop();
    const words = this.words.trim();
    this.hits = [];
    this.done = this.total = 0;
    this.more = false;
    this.searched = '';
    this.error = undefined;
    if (!words) return;
    const stopping = (this.stopping = new AbortController());
    this.running = true;
    try {
      const result = await this.api.projects.search(this.project, words, this.path, stopping.signal, (progress) => {
        if (stopping.signal.aborted) return;
        this.done = progress.done;
        this.total = progress.total;
        this.hits = [...this.hits, ...progress.hits];
      });
      if (stopping.signal.aborted) return;
      this.hits = result.hits;
      this.done = this.total = result.versions;
      this.more = result.more;
      this.searched = words;
    } catch (cause) {
      if (!stopping.signal.aborted) this.error = toApiError(cause);
    } finally {
      if (this.stopping === stopping) this.running = false;
    }
  };

  /** Stops what goes on. What was found stays. */
  stop = (): void => {
    this.stopping?.abort();
    this.stopping = undefined;
    this.running = false;
  };
}

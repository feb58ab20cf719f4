import { type Api, type ApiError, type Artifact, toApiError } from '../api';

/** Where answers of prompts of the library are kept, and what the one of the change-request prompt is called. */
const answers = 'answers/';
const usual = 'change-request';

/** The documents for which a frozen one can be opened, and the one that is chosen. */
export class ChangeRequestState {
  list = $state.raw<Artifact[]>([]);
  chosen = $state('');
  loaded = $state(false);
  error = $state.raw<ApiError>();

  constructor(
    private readonly api: Pick<Api, 'artifacts'>,
    private readonly project: string,
  ) {}

  load = async (): Promise<void> => {
    try {
      const all = await this.api.artifacts.list(this.project);
      this.list = all.filter((one) => one.path.startsWith(answers));
      if (!this.list.some((one) => one.path === this.chosen)) this.chosen = (this.list.find((one) => one.path.includes(usual)) ?? this.list[0])?.path ?? '';
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
    this.loaded = true;
  };
}

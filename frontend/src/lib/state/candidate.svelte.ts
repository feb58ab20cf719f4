import { type AcceptCandidate, type Api, type ApiError, type CandidateReview, type Event, type RunDetail, type SectionChange, toApiError, type Version } from '../api';
import { DraftState } from './draft.svelte';

/** A candidate against the current version, and what of it is to be taken. */
export class CandidateState {
  review = $state.raw<CandidateReview>();
  /** The answer in full: to be read when it is the first, and to be edited. */
  detail = $state.raw<RunDetail>();
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  error = $state.raw<ApiError>();
  busy = $state<'' | 'accept' | 'discard' | 'edit'>('');
  /** The answer is being edited before it is accepted. */
  draft = $state.raw<DraftState>();

  readonly first = $derived(this.review?.current.number === 0);
  readonly open = $derived(this.review?.candidate.state === 'open');
  /** It waits, and no later answer has been accepted since. The ids of runs are in the order of time. */
  readonly fresh = $derived.by(() => this.open && (this.review?.current.basisId ?? '') < this.runId);
  readonly changes = $derived(this.review?.sections.filter((one) => one.kind !== 'same') ?? []);
  readonly taken = $derived(this.changes.filter((one) => this.chosen.has(one.id)));
  /** Some of the changes are chosen, but not all. */
  readonly partial = $derived(this.taken.length > 0 && this.taken.length < this.changes.length);
  /** A person has edited the document since, and both fit together. */
  readonly merges = $derived(this.review?.edited === true && this.review.merges);
  /** Reasons to be careful, as sentences. */
  readonly warnings = $derived(this.review ? warningsOf(this.review) : []);

  constructor(
    private readonly api: Pick<Api, 'candidates' | 'runs' | 'artifacts'>,
    readonly runId: string,
  ) {}

  load = async (): Promise<void> => {
    try {
      const [review, detail] = await Promise.all([this.api.candidates.review(this.runId), this.api.runs.show(this.runId)]);
      this.detail = detail;
      this.place(review);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  apply(event: Event): void {
    const review = this.review;
    if (!review) return;
    const { candidate } = review;
    if (event.candidate?.runId === this.runId) this.review = { ...review, candidate: event.candidate };
    const artifact = event.artifact;
    if (artifact?.projectId !== candidate.projectId || artifact.path !== candidate.path) return;
    this.draft?.moved(artifact.current.number);
    if (this.open && !this.busy && artifact.current.number !== review.current.number) void this.load();
  }

  toggle = (id: number): void => {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    this.chosen = chosen;
  };

  chooseAll = (): void => {
    this.chosen = new Set(this.changes.map((one) => one.id));
  };

  chooseNone = (): void => {
    this.chosen = new Set();
  };

  acceptAll = (): Promise<Version | undefined> => this.accept({ all: true });

  /** Takes what the answer has changed, and keeps what was edited since. */
  acceptMerged = (): Promise<Version | undefined> => this.accept({ merge: true });

  acceptChosen = (): Promise<Version | undefined> => this.accept({ sections: this.taken.map((one) => one.id) });

  /** Opens the answer in the editor. What is typed is kept as the draft of the document. */
  edit = async (): Promise<void> => {
    const { review, detail } = this;
    if (!review || !detail || this.busy) return;
    this.busy = 'edit';
    try {
      const { projectId, path } = review.candidate;
      const document = await this.api.artifacts.document(projectId, path);
      this.draft = await DraftState.open(this.api, document, detail.answer);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    } finally {
      this.busy = '';
    }
  };

  /** Closes the editor and keeps what was typed. */
  close = async (): Promise<void> => {
    await this.draft?.flush();
    this.draft = undefined;
  };

  /** Closes the editor and throws away what was typed. */
  revert = async (): Promise<void> => {
    if (await this.draft?.discard()) this.draft = undefined;
  };

  acceptEdited = async (message: string): Promise<Version | undefined> => {
    const draft = this.draft;
    if (!draft) return undefined;
    await draft.flush();
    const version = await this.accept({ body: draft.body, message });
    if (!version) return undefined;
    await draft.discard();
    this.draft = undefined;
    return version;
  };

  discard = async (): Promise<boolean> => {
    if (this.busy || !this.review) return false;
    this.busy = 'discard';
    try {
      const candidate = await this.api.candidates.discard(this.runId);
      this.review = { ...this.review, candidate };
      this.error = undefined;
      return true;
    } catch (cause) {
      this.error = toApiError(cause);
      return false;
    } finally {
      this.busy = '';
    }
  };

  private async accept(choice: Partial<AcceptCandidate>): Promise<Version | undefined> {
    const review = this.review;
    if (!review || this.busy) return undefined;
    this.busy = 'accept';
    try {
      const version = await this.api.candidates.accept(this.runId, {
        all: false,
        sections: [],
        merge: false,
        body: '',
        message: '',
        ...choice,
        base: review.current.number,
      });
      this.error = undefined;
      return version;
    } catch (cause) {
      const error = toApiError(cause);
      if (error.code === 'conflict') await this.load();
      this.error = error;
      return undefined;
    } finally {
      this.busy = '';
    }
  }

  /** A reload keeps what was not chosen before; new changes are chosen, unless they would overwrite a person's. */
  private place(review: CandidateReview): void {
    const before = new Map(this.changes.map((one) => [keyOf(one), this.chosen.has(one.id)]));
    this.review = review;
    this.chosen = new Set(this.changes.filter((one) => before.get(keyOf(one)) ?? (!review.edited || one.take)).map((one) => one.id));
  }
}

function keyOf(section: SectionChange): string {
  return `${section.kind} ${section.title}`;
}

function warningsOf({ run, moved, edited, merges, current, candidate }: CandidateReview): string[] {
  const warnings: string[] = [];
  if (run.cut) warnings.push('The model did not see the whole prompt. Parts of the input may be missing from this answer.');
  if (run.unfinished) warnings.push('The answer ran into its length limit and breaks off.');
  if (run.state === 'canceled') warnings.push('The run was stopped before the answer was complete.');
  if (run.state === 'interrupted') warnings.push('The app was closed while this was written.');
  if (run.missing.length === 1) warnings.push(`1 part that the prompt asked for is missing: ${run.missing[0]}`);
  if (run.missing.length > 1) warnings.push(`${run.missing.length} parts that the prompt asked for are missing.`);
  if (edited) {
    warnings.push(`You have edited the document since v${candidate.base}. ${merges ? 'Both fit together, and nothing of yours is overwritten.' : 'Some sections clash. They stay as you have them, unless you choose them.'}`);
  } else if (moved) warnings.push(`The answer was written from v${candidate.base}. The document is at v${current.number} now.`);
  return warnings;
}

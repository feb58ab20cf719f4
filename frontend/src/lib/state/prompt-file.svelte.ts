import { type Api, type ApiError, type Draft, type PromptDetail, toApiError, type Upgrade, type Version } from '../api';
import { DraftState } from './draft.svelte';

/** The project that the user's own prompts are kept under. */
export const libraryId = 'library';

/** The file of a prompt of the user's while it is written: kept as a draft, saved as a version. */
export class PromptFile {
  draft = $state.raw<DraftState>();
  error = $state.raw<ApiError>();
  /** The line the last refusal is about; 0 for none. */
  readonly line = $derived(lineOf(this.draft?.error?.message ?? ''));

  constructor(
    private readonly api: Pick<Api, 'artifacts' | 'library'>,
    private readonly detail: PromptDetail,
    /** Called with what was saved; its id may be another one. */
    private readonly saved: (detail: PromptDetail) => void,
  ) {}

  open = async (): Promise<void> => {
    const { card, text } = this.detail;
    try {
      const kept: Draft = await this.api.artifacts.draft(libraryId, card.path);
      const api = { artifacts: { ...this.api.artifacts, save: (_project: string, file: { body: string; message: string; base: number }) => this.save(file) } };
      this.draft = new DraftState(api, libraryId, card.path, text, kept.base >= 0 ? kept : undefined, card.version);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  /** A prompt is saved by its id, so that a mistake in it is refused with its line. */
  private async save({ body, message, base }: { body: string; message: string; base: number }): Promise<Version> {
    const detail = await this.api.library.save(this.detail.card.id, { text: body, message, base });
    this.saved(detail);
    const at = new Date().toISOString();
    const { path, version } = detail.card;
    return { projectId: libraryId, path, number: version, kind: 'saved', author: { kind: 'person', name: '' }, at, message, runId: '', basisId: '', hash: '', basisHash: '', size: 0, words: 0, added: 0, removed: 0, commit: '', blob: '' };
  }
}

/** A customised prompt against the built-in one that has changed since. */
export class UpgradeState {
  upgrade = $state.raw<Upgrade>();
  error = $state.raw<ApiError>();
  busy = $state(false);

  constructor(
    private readonly api: Pick<Api, 'library'>,
    private readonly id: string,
  ) {}

  load = async (): Promise<void> => {
    try {
      this.upgrade = await this.api.library.upgrade(this.id);
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  /** Saves the text with what can be taken over as a version. */
  takeOver = async (): Promise<PromptDetail | undefined> => {
    const upgrade = this.upgrade;
    if (!upgrade || this.busy) return undefined;
    this.busy = true;
    try {
      return await this.api.library.takeOver(this.id, { text: upgrade.merged, base: upgrade.card.version, message: 'Take over the changes of the built-in prompt' });
    } catch (cause) {
      this.error = toApiError(cause);
      return undefined;
    } finally {
      this.busy = false;
    }
  };
}

/** "Line 4: …", "tidy.md:4: …": the line a message names; 0 for none. */
export function lineOf(message: string): number {
  const match = /\bline (\d+)|\.md:(\d+)/i.exec(message);
  return Number(match?.[1] ?? match?.[2] ?? 0);
}

/** The file a new prompt begins as. */
export function newPrompt(title: string): { id: string; text: string } {
  const id = title.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'prompt';
  const text = `---
id: ${id}
title: ${JSON.stringify(title)}
summary: What it is for, in one line.
group: yours
tags: []
version: 1
variables:
  - name: input
    type: long-text
    label: Input
    help: What it works on.
    required: true
    example: A few lines of text.
---

Say who the model is, what it gets, and what it has to answer.

<input>
{{input}}
</input>
`;
  return { id, text };
}

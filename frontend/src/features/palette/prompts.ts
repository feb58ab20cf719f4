import type { PromptCard } from '../../lib/api';
import type { AppState } from '../../lib/state/app.svelte';
import type { Command } from '../../lib/state/commands.svelte';
import { recent } from '../../lib/state/library.svelte';
import { links } from '../../lib/state/router.svelte';
import { ago } from '../../lib/ui/time';
import { size } from '../phase/words';

/**
 * The prompts of the library, those used last first: Ctrl Shift K lists them
 * alone, Enter copies the chosen one, and Ctrl V in the chat pastes it.
 */
export function prompts(app: AppState): Command[] {
  const lately = recent(app.library.prompts);
  const known = new Set(lately.map((one) => one.id));
  const rest = app.library.prompts.filter((one) => !known.has(one.id)).sort((a, b) => Number(b.favourite) - Number(a.favourite));
  return [...lately, ...rest].map((card): Command => ({
    id: `library ${card.id}`,
    group: 'Prompts',
    title: card.title,
    icon: card.favourite ? 'star' : 'book',
    detail: known.has(card.id) ? `${card.summary} · used ${ago(card.usedAt, Date.now())}` : card.summary,
    words: `prompt ${card.id} ${card.tags.join(' ')} ${card.group}`,
    prompt: card.id,
    run: () => void copyOrOpen(app, card),
    other: { label: 'open', run: () => app.router.go(links.library(app.router.project, card.id)) },
  }));
}

/** What can be done with the library from every screen. */
export function promptActions(app: AppState): Command[] {
  const project = app.router.project;
  const library = (then: () => void) => (): void => {
    app.router.go(links.library(project));
    then();
  };
  return [
    { id: 'library', group: 'Go to', title: 'Prompt library', icon: 'book', words: 'prompts', run: () => app.router.go(links.library(project)) },
    { id: 'import prompts', group: 'Actions', title: 'Import prompts', icon: 'folder', words: 'skill claude cursor fabric llm vscode library', run: library(app.promptImport.ask) },
    { id: 'export prompts', group: 'Actions', title: 'Export your prompts', icon: 'download', words: 'skill claude cursor fabric llm vscode library', ...ownReason(app), run: () => app.promptExport.show(own(app)) },
    { id: 'new prompt', group: 'Actions', title: 'New prompt', icon: 'plus', words: 'write create library', run: library(() => (app.newPrompt = true)) },
    { id: 'next prompt', group: 'Actions', title: 'Next prompt from the clipboard', icon: 'bolt', words: 'meta turn paste text', run: () => void nextFromClipboard(app) },
  ];
}

function own(app: AppState): string[] {
  return app.library.prompts.filter((one) => one.source !== 'built-in').map((one) => one.id);
}

function ownReason(app: AppState): { reason?: string } {
  return own(app).length > 0 ? {} : { reason: 'You have no prompts of your own yet.' };
}

/** Copies a prompt when nothing it needs is missing; otherwise its form is opened. */
async function copyOrOpen(app: AppState, card: PromptCard): Promise<void> {
  const projectId = app.router.project;
  const order = { promptId: card.id, prompt: '', projectId, persona: '', model: '' };
  try {
    const filled = await app.api.library.fill(order);
    if (filled.missing.length > 0) {
      app.router.go(links.library(projectId, card.id));
      app.toasts.show(`“${card.title}” needs ${filled.missing.join(', ')}. Fill it in, then press C.`);
      return;
    }
    const run = await app.api.library.copy(order);
    await app.desk.copy(filled.text);
    const open = (): void => app.router.go(links.library(projectId, card.id, `run-${run.id}`));
    app.toasts.show(`“${card.title}” copied: ${size(filled.size)}.`, { action: { label: 'Paste the answer', run: open } });
  } catch (cause) {
    app.toasts.fail(cause);
  }
}

export async function nextFromClipboard(app: AppState): Promise<void> {
  try {
    const text = await app.desk.paste();
    if (text.trim()) await app.next.show({ text, title: 'Pasted text' }, app.router.project);
    else app.toasts.show('There is no text on the clipboard.');
  } catch (cause) {
    app.toasts.fail(cause);
  }
}

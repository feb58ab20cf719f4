import type { LedgerFormat, Project } from '../../lib/api';
import type { AppState } from '../../lib/state/app.svelte';
import { bytes } from '../../lib/ui/format';
import type { MenuItem } from '../../lib/ui/Menu.svelte';

const formats: Record<LedgerFormat, { label: string; detail: string }> = {
  md: { label: 'Markdown', detail: 'To be read, or given to a model' },
  csv: { label: 'CSV', detail: 'For a spreadsheet' },
  json: { label: 'JSON', detail: 'Everything, for programs' },
  sarif: { label: 'SARIF', detail: 'For code hosts and editors' },
  curve: { label: 'The curve as CSV', detail: 'New findings per round' },
};

export const exportItems: MenuItem[] = Object.entries(formats).map(([id, { label, detail }]) => ({ id, label, detail }));

/** Has the findings of a project kept as a file among the downloads. */
export async function exportFindings(app: AppState, project: Project, format: LedgerFormat): Promise<void> {
  try {
    const { name, type, text } = await app.api.findings.export(project.id, format);
    const content = new Blob([text], { type });
    app.desk.keepFile(name, content);
    app.toasts.show(`The findings are among your downloads: ${name}, ${bytes(content.size)}.`);
  } catch (cause) {
    app.toasts.fail(cause);
  }
}

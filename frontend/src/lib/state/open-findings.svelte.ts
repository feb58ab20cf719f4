import type { Api, Event, LedgerSummary } from '../api';

/** How many findings are open in the project that the page is in. */
export class OpenFindings {
  project = $state('');
  count = $state(0);

  constructor(private readonly api: Pick<Api, 'findings'>) {}

  /** Counts those of another project from now on. Until they are known, none is shown. */
  follow = async (project: string): Promise<void> => {
    if (project === this.project) return;
    this.project = project;
    this.count = 0;
    await this.load();
  };

  load = async (): Promise<void> => {
    const { project } = this;
    if (!project) return;
    const ledger = await this.api.findings.ledger(project).catch(() => undefined);
    if (ledger && project === this.project) this.take(ledger.summary);
  };

  apply(event: Event): void {
    if (event.ledger && event.projectId === this.project) this.take(event.ledger.summary);
  }

  private take(summary: LedgerSummary): void {
    this.count = Object.values(summary.open).reduce((sum, n) => sum + n, 0);
  }
}

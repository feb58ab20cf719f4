import type { Api, Event, Finding, Gate } from '../api';

/** The gate of the phase that the work is at, to say which findings keep it closed. */
export class HeldGate {
  private gate = $state.raw<Gate>();
  /** The conditions on findings that are not met. */
  private readonly closed = $derived(this.gate?.conditions.filter((one) => one.kind === 'findings' && one.state !== 'met') ?? []);
  /** The title of its phase. */
  title = $state('');

  constructor(
    private readonly api: Pick<Api, 'gates'>,
    private readonly project: string,
  ) {}

  load = async (phase: string, title = phase): Promise<void> => {
    this.title = title;
    // Without an answer nothing is said of gates.
    this.gate = phase ? await this.api.gates.show(this.project, phase).catch(() => undefined) : undefined;
  };

  apply(event: Event): void {
    if (event.gate?.projectId === this.project && event.gate.phase === this.gate?.phase) this.gate = event.gate;
  }

  /** Whether a finding is named by a condition that keeps the gate closed. */
  holds(finding: Pick<Finding, 'number'>): boolean {
    return this.closed.some((one) => one.findings?.includes(finding.number));
  }
}

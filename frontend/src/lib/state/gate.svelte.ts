import { type Api, type ApiError, type Condition, type Event, type Gate, type NewCheck, toApiError } from '../api';

/** The least length of a reason, in characters. */
export const minReason = 20;

/** How many characters of a reason count. */
export function reasonLength(reason: string): number {
  return [...reason.trim()].length;
}

export type GateAction = 'pass' | 'waive' | 'reopen' | 'sign' | 'unsign' | 'unfreeze' | 'change' | 'still' | 'looked' | 'approve' | 'promote' | 'healthy' | 'rollback' | 'check' | 'file';

/** The gate of a phase and the acts of a person at it. */
export class GateState {
  gate = $state.raw<Gate>();
  busy = $state<GateAction | ''>('');
  error = $state.raw<ApiError>();
  /** Counts the changes of a condition; the figure swings once for each. */
  swings = $state(0);

  readonly measured = $derived(this.gate?.conditions.filter((one) => !one.judged) ?? []);
  readonly judged = $derived(this.gate?.conditions.filter((one) => one.judged) ?? []);
  readonly missing = $derived(this.gate?.conditions.filter((one) => one.state !== 'met') ?? []);
  readonly passed = $derived(this.gate?.passed !== undefined && this.gate.passed !== null);
  readonly overridden = $derived(this.gate?.passed?.action === 'waive');
  readonly canPass = $derived(this.gate !== undefined && this.gate.open && !this.passed);
  /** Why the gate cannot be passed now; empty when it can. */
  readonly why = $derived(this.reason());

  constructor(
    private readonly api: Pick<Api, 'gates' | 'releases' | 'findings' | 'work'>,
    private readonly project: string,
    private readonly phase: string,
  ) {}

  load = async (): Promise<void> => {
    try {
      this.take(await this.api.gates.show(this.project, this.phase));
      this.error = undefined;
    } catch (cause) {
      this.error = toApiError(cause);
    }
  };

  apply(event: Event): void {
    if (event.gate?.projectId === this.project && event.gate.phase === this.phase) this.take(event.gate);
  }

  pass = (): Promise<boolean> => this.act('pass', () => this.api.gates.pass(this.project, this.phase));

  override = (reason: string): Promise<boolean> =>
    this.act('waive', () => this.api.gates.waive(this.project, this.phase, reason.trim()));

  reopen = (reason: string): Promise<boolean> =>
    this.act('reopen', () => this.api.gates.reopen(this.project, this.phase, reason.trim()));

  sign = (): Promise<boolean> =>
    this.act('sign', () => this.api.gates.sign(this.project, this.phase, this.gate?.version ?? 0));

  unsign = (): Promise<boolean> => this.act('unsign', () => this.api.gates.unsign(this.project, this.phase));

  unfreeze = (reason: string): Promise<boolean> =>
    this.act('unfreeze', () => this.api.gates.unfreeze(this.project, this.phase, reason.trim()));

  /** Opens the frozen document for a change request, which is a document of the project. */
  openForChange = (request: string): Promise<boolean> =>
    this.act('change', () => this.api.gates.openForChange(this.project, this.phase, request));

  stillValid = (reason: string): Promise<boolean> =>
    this.act('still', () => this.api.gates.stillValid(this.project, this.phase, reason.trim()));

  /** Somebody has looked at the difference between what the audit claims and lists. */
  looked = (version: number): Promise<boolean> => this.act('looked', () => this.api.gates.looked(this.project, this.phase, version));

  approve = (): Promise<boolean> =>
    this.act('approve', () => this.api.releases.approve(this.project, this.phase, this.gate?.version ?? 0));

  promote = (): Promise<boolean> => this.act('promote', () => this.api.releases.promote(this.project, this.phase));

  /** The figures have held; the note may say which. */
  healthy = (note: string): Promise<boolean> =>
    this.act('healthy', () => this.api.releases.healthy(this.project, this.phase, note.trim()));

  rollback = (reason: string): Promise<boolean> =>
    this.act('rollback', () => this.api.releases.rollback(this.project, this.phase, reason.trim()));

  /** Keeps how a command ended; the gate is judged by it. */
  check = (result: NewCheck): Promise<boolean> =>
    this.act('check', async () => {
      await this.api.work.check(this.project, result);
      return this.api.gates.show(this.project, this.phase);
    });

  /** Takes an audit into the ledger. */
  file = (path: string): Promise<boolean> =>
    this.act('file', async () => {
      await this.api.findings.file(this.project, path);
      return this.api.gates.show(this.project, this.phase);
    });

  private async act(what: GateAction, call: () => Promise<Gate>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = what;
    this.error = undefined;
    try {
      this.take(await call());
      return true;
    } catch (cause) {
      this.error = toApiError(cause);
      return false;
    } finally {
      this.busy = '';
    }
  }

  private take(gate: Gate): void {
    if (this.gate && standing(this.gate.conditions) !== standing(gate.conditions)) this.swings++;
    this.gate = gate;
  }

  private reason(): string {
    const gate = this.gate;
    if (!gate || this.passed || gate.open) return '';
    const count = gate.missing === 1 ? '1 condition is not met' : `${gate.missing} conditions are not met`;
    const first = this.missing[0];
    return first?.missing ? `${count}: ${lower(first.missing)}.` : `${count}.`;
  }
}

function standing(conditions: Condition[]): string {
  return conditions.map((one) => `${one.id} ${one.state} ${one.value}`).join('\n');
}

/** A phrase as it stands within a sentence; names and figures keep their first letter. */
function lower(phrase: string): string {
  return /^[A-Z][a-z]* [a-z]/.test(phrase) ? phrase.charAt(0).toLowerCase() + phrase.slice(1) : phrase;
}

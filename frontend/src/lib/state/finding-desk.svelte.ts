import type { Finding, FindingVerb, Level, Version } from '../api';
import type { FindingsState } from './findings.svelte';
import { minReason, reasonLength } from './gate.svelte';
import { links } from './router.svelte';
import type { Toasts } from './toasts.svelte';

/** What is asked before something is done with findings. "distinct" needs no question. */
export type FindingQuestion = Exclude<FindingVerb, 'distinct'> | 'split';

const done: Record<FindingQuestion, string> = {
  fix: 'fixed',
  accept: 'accepted',
  schedule: 'scheduled',
  reopen: 'open again',
  judge: 'judged anew',
  merge: 'merged',
  split: 'split',
};

/** Taken back by opening it again. */
const undone: ReadonlySet<string> = new Set(['fix', 'accept', 'schedule', 'merge']);

/** Where a person says what becomes of some findings. */
export class FindingDesk {
  verb = $state<FindingQuestion>();
  findings = $state.raw<Finding[]>([]);
  reason = $state('');
  /** Scheduled for a step of the plan, or for a day. */
  when = $state<'step' | 'date'>('step');
  step = $state('');
  date = $state('');
  commit = $state('');
  level = $state<Level>('P2');
  /** The one that counts in their place. */
  into = $state('');
  title = $state('');
  sightings = $state.raw<ReadonlySet<number>>(new Set());

  readonly one = $derived(this.findings[0]);
  readonly names = $derived(this.findings.length === 1 ? (this.one?.number ?? '') : `${this.findings.length} findings`);
  /** The reason is asked for, not only offered. */
  readonly weighty = $derived.by(() => this.weighs());
  readonly written = $derived(reasonLength(this.reason));
  /** Why it cannot be done yet; empty when it can. */
  readonly why = $derived.by(() => this.lacks());

  constructor(
    private readonly hold: FindingsState,
    private readonly toasts: Pick<Toasts, 'show' | 'fail'>,
    /** A finding is settled, and this is the one to decide next. */
    private readonly moveOn: (id: string) => void = () => undefined,
    /** Whether there is a plan, to which a step can be added. */
    readonly hasPlan: () => boolean = () => false,
  ) {}

  ask = (verb: FindingQuestion, findings: Finding[]): void => {
    if (findings.length === 0) return;
    this.hold.refused = undefined;
    this.findings = findings;
    this.reason = this.step = this.date = this.commit = this.title = '';
    this.when = 'step';
    this.into = findings[0]?.doubt ?? '';
    this.level = (findings[0]?.severity || 'P2') as Level;
    this.sightings = new Set();
    this.verb = verb;
  };

  dismiss = (): void => {
    this.verb = undefined;
  };

  toggleSighting = (at: number): void => {
    const next = new Set(this.sightings);
    if (!next.delete(at)) next.add(at);
    this.sightings = next;
  };

  /** Does what was asked. */
  do = async (): Promise<void> => {
    const { verb, hold } = this;
    if (!verb || this.why || hold.busy) return;
    const ids = this.findings.map((one) => one.id);
    const names = this.names;
    // What is settled moves to the end of the list; the eye stays where it was.
    const next = ids.length === 1 && undone.has(verb) ? hold.beside(ids[0] ?? '', 1) : undefined;
    if (!(await this.send(verb, ids))) return;
    this.verb = undefined;
    if (next) this.moveOn(next.id);
    const undo = undone.has(verb) ? { action: { label: 'Undo', run: () => void this.undo(ids) } } : {};
    this.toasts.show(`${names} ${ids.length === 1 ? 'is' : 'are'} ${done[verb]}.`, undo);
  };

  /** Makes steps of the plan of them; where there is no plan, asks when they are fixed. */
  plan = async (findings: Finding[]): Promise<void> => {
    const { hold } = this;
    if (!this.hasPlan()) return this.ask('schedule', findings);
    if (findings.length === 0 || hold.busy) return;
    const ids = findings.map((one) => one.id);
    const next = ids.length === 1 ? hold.beside(ids[0] ?? '', 1) : undefined;
    const added = await hold.addSteps(ids);
    if (!added) return this.toasts.fail(hold.refused);
    if (next) this.moveOn(next.id);
    const steps = ids.map((id) => hold.byId.get(id)?.step ?? '').filter(Boolean);
    this.toasts.show(`${stepsOf(steps)} added to the plan.`, {
      link: { label: steps.length > 1 ? 'Show them' : 'Show it', href: links.plan(hold.project, steps[0]) },
      action: { label: 'Undo', run: () => void this.unplan(added, ids) },
    });
  };

  /** It is the same as the one in doubt, or it is not. */
  settle = async (finding: Finding, same: boolean): Promise<void> => {
    const other = this.hold.byId.get(finding.doubt);
    const ok = same ? await this.hold.act('merge', [finding.id], { into: finding.doubt }) : await this.hold.act('distinct', [finding.id]);
    if (!ok) this.toasts.fail(this.hold.refused);
    else if (same) this.toasts.show(`${finding.number} counts as ${other?.number ?? 'the other one'}.`, { action: { label: 'Undo', run: () => void this.undo([finding.id]) } });
    else this.toasts.show(`${finding.number} is a finding of its own.`);
  };

  private async unplan(added: Version, ids: string[]): Promise<void> {
    if (!(await this.hold.dropSteps(added, ids))) this.toasts.fail(this.hold.refused);
  }

  private async undo(ids: string[]): Promise<void> {
    if (!(await this.hold.act('reopen', ids))) this.toasts.fail(this.hold.refused);
  }

  private send(verb: FindingQuestion, ids: string[]): Promise<boolean> {
    const reason = this.reason.trim();
    if (verb === 'split') return this.hold.split({ id: ids[0] ?? '', sightings: [...this.sightings].sort((a, b) => a - b), title: this.title.trim() });
    return this.hold.act(verb, ids, {
      reason,
      ...(verb === 'schedule' ? { [this.when]: this[this.when].trim() } : {}),
      ...(verb === 'fix' ? { commit: this.commit.trim() } : {}),
      ...(verb === 'judge' ? { severity: this.level } : {}),
      ...(verb === 'merge' ? { into: this.into } : {}),
    });
  }

  private weighs(): boolean {
    const leaves = this.verb === 'accept' || this.verb === 'schedule';
    if (leaves) return this.findings.some((one) => ['P0', 'P1', ''].includes(one.severity));
    return this.verb === 'judge' && /P[01]/.test(this.level) && this.findings.some((one) => ['accepted', 'scheduled'].includes(one.state) && reasonLength(one.reason) < minReason);
  }

  private lacks(): string {
    switch (this.verb) {
      case 'schedule':
        if (!this[this.when].trim()) return this.when === 'step' ? 'Say which step of the plan fixes it.' : 'Say until which day it is fixed.';
        break;
      case 'fix':
        if (!this.commit.trim() && !this.reason.trim()) return 'Name the commit, or say in a sentence what was done.';
        if (/\s/.test(this.commit.trim())) return 'A commit is a name without spaces. Put sentences into the field below.';
        break;
      case 'merge':
        if (!this.into) return 'Choose the finding that counts in its place.';
        break;
      case 'split':
        if (this.sightings.size === 0 && !this.title.trim()) return 'Choose the reports that are about something else, or give the new finding a title.';
        if (this.sightings.size === (this.one?.sightings.length ?? 0)) return 'At least one report has to stay.';
        break;
      default:
    }
    return this.weighty && this.written < minReason ? `The reason needs at least ${minReason} characters.` : '';
  }
}

/** "Step 13", or "Steps 13–15": the numbers follow each other. */
function stepsOf(numbers: string[]): string {
  return numbers.length > 1 ? `Steps ${numbers[0]}–${numbers.at(-1)}` : `Step ${numbers[0] ?? ''}`.trim();
}

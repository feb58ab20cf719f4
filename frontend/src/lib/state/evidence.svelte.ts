import type { Evidence, EvidenceKind } from '../api';

/** What a person names to show that a box is done. */
export class EvidenceDraft {
  kind = $state<EvidenceKind>('sentence');
  sentence = $state('');
  command = $state('');
  exit = $state('0');
  output = $state('');
  commit = $state('');
  subject = $state('');
  finding = $state('');

  /** Why it shows nothing yet; empty when it does. */
  readonly why = $derived.by(() => this.lacks());

  read(): Evidence {
    const none: Evidence = { kind: this.kind, text: '', exit: 0, output: '', ref: '', inputs: [] };
    switch (this.kind) {
      case 'command':
        return { ...none, text: this.command.trim(), exit: Number(this.exit), output: this.output };
      case 'commit':
        return { ...none, text: this.subject.trim(), ref: this.commit.trim() };
      case 'finding':
        return { ...none, ref: this.finding.trim() };
      default:
        return { ...none, text: this.sentence.trim() };
    }
  }

  private lacks(): string {
    switch (this.kind) {
      case 'command':
        if (!this.command.trim()) return 'Name the command that was run.';
        if (!/^\d+$/.test(this.exit.trim())) return 'The exit code is a number.';
        return Number(this.exit) === 0 ? '' : 'A command that failed does not show that it is done.';
      case 'commit':
        return /^[0-9a-f]{7,64}$/i.test(this.commit.trim()) ? '' : 'Give the name of the commit: 7 digits or more, as “git log --oneline” shows it.';
      case 'finding':
        return this.finding.trim() ? '' : 'Name the finding that was closed, such as F-012.';
      default:
        return this.sentence.trim() ? '' : 'Say in a sentence what you have seen.';
    }
  }
}

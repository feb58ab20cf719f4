import { describe, expect, it } from 'vitest';
import { EvidenceDraft } from './evidence.svelte';

describe('EvidenceDraft', () => {
  it('is a sentence until it is something else', () => {
    const draft = new EvidenceDraft();
    expect(draft.why).toBe('Say in a sentence what you have seen.');
    draft.sentence = ' I have tried it. ';
    expect(draft.why).toBe('');
    expect(draft.read()).toEqual({ kind: 'sentence', text: 'I have tried it.', exit: 0, output: '', ref: '', inputs: [] });
  });

  it('takes no command that failed', () => {
    const draft = new EvidenceDraft();
    draft.kind = 'command';
    expect(draft.why).toBe('Name the command that was run.');
    draft.command = 'make check';
    draft.exit = '2';
    expect(draft.why).toBe('A command that failed does not show that it is done.');
    draft.exit = '';
    expect(draft.why).toBe('The exit code is a number.');
    draft.exit = '0';
    draft.output = 'ok';
    expect(draft.read()).toMatchObject({ kind: 'command', text: 'make check', exit: 0, output: 'ok' });
  });

  it('takes the name of a commit and the number of a finding', () => {
    const draft = new EvidenceDraft();
    draft.kind = 'commit';
    draft.commit = 'the last';
    expect(draft.why).toMatch(/7 digits/);
    draft.commit = '8c1f0ab';
    expect(draft.why).toBe('');
    draft.kind = 'finding';
    expect(draft.why).toMatch(/F-012/);
    draft.finding = 'F-012';
    expect(draft.read()).toMatchObject({ kind: 'finding', ref: 'F-012' });
  });
});

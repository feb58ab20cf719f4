import { describe, expect, it, vi } from 'vitest';
import type { Api, Version } from '../api';
import { ApiError } from '../api';
import { DocumentState } from './document.svelte';
import { answer, artifact, blame, document, event, item, settled, version } from './fake-parts';

const markdown = '- [ ] é one\n- [x] two\n- [x] three\n';
const offsets = [3, 16, 26];

function backend() {
  const items = [item(0, 3, 'open'), item(1, 16, 'claimed'), item(2, 26, 'done')];
  const artifacts = {
    document: vi.fn(async () => document(7, markdown, items)),
    blame: vi.fn(async (_p: string, _path: string, number?: number) => blame(number ?? 0)),
    tick: vi.fn<Api['artifacts']['tick']>(async (...[, , , number]) => version(number + 1)),
    waiveItem: vi.fn(async () => version(8)),
    prove: vi.fn(async () => version(8)),
    draft: vi.fn(async () => ({ projectId: 'p1', path: 'spec.md', base: -1, body: '', at: '' })),
  };
  return { artifacts, state: new DocumentState({ artifacts } as unknown as Pick<Api, 'artifacts'>, 'p1', 'spec.md') };
}

describe('DocumentState', () => {
  it('shows a tick at once and keeps the rendering', async () => {
    const { artifacts, state } = backend();
    await state.load();
    const slow = answer<Version>();
    artifacts.tick.mockReturnValueOnce(slow.promise);
    const html = state.document?.html;
    const sent = state.tick(0);
    expect(state.states.get(0)).toBe('done');
    slow.give(version(8));
    await sent;
    expect(state.states.get(0)).toBe('done');
    expect(state.version).toBe(8);
    expect(state.document?.html).toBe(html);
    expect(state.document?.markdown).toBe('- [x] é one\n- [x] two\n- [x] three\n');
    expect(artifacts.tick).toHaveBeenCalledWith('p1', 'spec.md', offsets[0], 7, true);
    expect(artifacts.document).toHaveBeenCalledTimes(1);
  });

  it('ticks a box by evidence, and says why it cannot', async () => {
    const { artifacts, state } = backend();
    await state.load();
    const evidence = { kind: 'sentence', text: 'I have tried it.', exit: 0, output: '', ref: '', inputs: [] };
    expect(await state.prove(1, evidence)).toBe(true);
    expect(artifacts.prove).toHaveBeenCalledWith('p1', { path: 'spec.md', offset: offsets[1], version: 7, evidence });
    expect(artifacts.document).toHaveBeenCalledTimes(2);
    artifacts.prove.mockRejectedValueOnce(new ApiError('conflict', 'F-001 is not closed.'));
    expect(await state.prove(1, evidence)).toBe(false);
    expect(state.error?.message).toBe('F-001 is not closed.');
    expect(await state.prove(9, evidence)).toBe(false);
  });

  it('opens the editor on the current version, also when that is a moment old', async () => {
    const { artifacts, state } = backend();
    await state.load();
    artifacts.document.mockResolvedValueOnce(document(8, '# Accepted\n', []));
    await state.edit();
    expect(state.draft?.base).toBe(8);
    expect(state.draft?.body).toBe('# Accepted\n');
  });

  it('confirms a claimed box and unticks a done one', async () => {
    const { artifacts, state } = backend();
    await state.load();
    expect([state.done, state.claimed]).toEqual([1, 1]);
    await state.tick(1);
    await state.tick(2);
    expect(artifacts.tick.mock.calls.map((call) => [call[2], call[3], call[4]])).toEqual([
      [offsets[1], 7, true],
      [offsets[2], 8, false],
    ]);
    expect(state.states.get(1)).toBe('done');
    expect(state.states.get(2)).toBe('open');
  });

  it('makes ticks in turn, each on the version of the one before', async () => {
    const { artifacts, state } = backend();
    await state.load();
    const first = answer<Version>();
    artifacts.tick.mockReturnValueOnce(first.promise);
    const done = [state.tick(0), state.tick(1)];
    await settled();
    expect(artifacts.tick).toHaveBeenCalledTimes(1);
    expect(state.states.get(1)).toBe('done');
    first.give(version(8));
    await Promise.all(done);
    expect(artifacts.tick.mock.calls[1]?.[3]).toBe(8);
  });

  it('takes ticks back when one is refused, loads again and says why', async () => {
    const { artifacts, state } = backend();
    await state.load();
    artifacts.tick.mockRejectedValueOnce(new ApiError('conflict', 'The document has changed since.'));
    artifacts.document.mockResolvedValueOnce(document(9, markdown, [item(0, 3, 'open'), item(1, 16, 'claimed')]));
    await Promise.all([state.tick(0), state.tick(1)]);
    expect(state.states.get(0)).toBe('open');
    expect(state.states.get(1)).toBe('claimed');
    expect(state.version).toBe(9);
    expect(state.error?.message).toBe('The document has changed since.');
    expect(artifacts.tick).toHaveBeenCalledTimes(1);
  });

  it('ticks nothing in a frozen document', async () => {
    const { artifacts, state } = backend();
    artifacts.document.mockResolvedValueOnce({ ...document(7, markdown, [item(0, 3, 'open')]), artifact: artifact(7, { frozen: true }) });
    await state.load();
    await state.tick(0);
    expect(artifacts.tick).not.toHaveBeenCalled();
    expect(state.states.get(0)).toBe('open');
  });

  it('keeps its place when the event of its own tick comes late', async () => {
    const { artifacts, state } = backend();
    await state.load();
    await state.tick(0);
    const html = state.document?.html;
    artifacts.document.mockResolvedValueOnce({ ...document(8, state.document?.markdown ?? '', state.document?.items), html: '<p>again</p>' });
    state.apply(event({ artifact: artifact(8) }));
    await settled();
    expect(state.document?.html).toBe(html);
    expect(state.states.get(0)).toBe('done');
  });

  it('keeps its place when a box is ticked by what shows it', async () => {
    const { artifacts, state } = backend();
    await state.load();
    const [html, basisHash] = [state.document?.html, state.document?.version.basisHash ?? ''];
    const after = document(8, markdown.replace('[ ]', '[x]'), [item(0, 3, 'done'), item(1, 16, 'claimed'), item(2, 26, 'done')]);
    artifacts.document.mockResolvedValueOnce({ ...after, version: version(8, { basisHash }) });
    await state.prove(0, { kind: 'sentence', text: 'Seen.', exit: 0, output: '', ref: '', inputs: [] });
    expect(state.document?.html).toBe(html);
    expect([state.version, state.states.get(0)]).toEqual([8, 'done']);
  });

  it('shows what somebody else has saved', async () => {
    const { artifacts, state } = backend();
    await state.load();
    artifacts.document.mockResolvedValueOnce(document(9, 'theirs'));
    state.apply(event({ artifact: artifact(9) }));
    await settled();
    expect(state.version).toBe(9);
    expect(state.document?.html).toBe('<p>9</p>');
  });

  it('shows a box that was confirmed elsewhere, which makes no version', async () => {
    const { artifacts, state } = backend();
    await state.load();
    artifacts.document.mockResolvedValueOnce(document(7, markdown, [item(0, 3, 'open'), item(1, 16, 'done'), item(2, 26, 'done')]));
    state.apply(event({ artifact: artifact(7) }));
    await settled();
    expect(state.states.get(1)).toBe('done');
  });

  it('waives a box and shows what the backend made of it', async () => {
    const { artifacts, state } = backend();
    await state.load();
    expect(await state.waive(0, 'Not for this project.')).toBe(true);
    expect(artifacts.waiveItem).toHaveBeenCalledWith('p1', 'spec.md', 3, 7, 'Not for this project.');
    expect(artifacts.document).toHaveBeenCalledTimes(2);
  });

  it('asks who wrote a text once, for ticks do not change it', async () => {
    const { artifacts, state } = backend();
    await state.load();
    await settled();
    expect(artifacts.blame).toHaveBeenCalledWith('p1', 'spec.md', 7);
    expect(state.blame?.version.number).toBe(7);
    await state.tick(0);
    await state.load();
    await settled();
    expect(artifacts.blame).toHaveBeenCalledTimes(1);
  });

  it('marks nobody when that cannot be told', async () => {
    const { artifacts, state } = backend();
    artifacts.blame.mockRejectedValueOnce(new Error('offline'));
    await state.load();
    await settled();
    expect([state.blame, state.error]).toEqual([undefined, undefined]);
  });
});

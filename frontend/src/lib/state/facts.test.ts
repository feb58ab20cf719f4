import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api';
import { FactsState } from './facts.svelte';

function backend() {
  const library = {
    facts: vi.fn(async () => ({ stack: 'Go', launch: '' }) as Record<string, string>),
    shelf: vi.fn(async () => ({ packs: [{ id: 'payments', title: 'Payments' }] })),
    setFact: vi.fn(async (_: string, name: string, value: string) => ({ stack: 'Go', [name]: value.trim() }) as Record<string, string>),
  };
  return { library, state: new FactsState({ library } as never, 'p1') };
}

describe('FactsState', () => {
  it('keeps a fact that has changed, and no other', async () => {
    const { library, state } = backend();
    await state.load();
    await state.set('stack', ' Go ');
    expect(library.setFact).not.toHaveBeenCalled();
    await state.set('auth', 'Sessions');
    expect(library.setFact).toHaveBeenCalledWith('p1', 'auth', 'Sessions');
    expect([state.facts.auth, state.filled, state.keeping]).toEqual(['Sessions', 2, 'kept']);
  });

  it('says at its field what is wrong with a fact, until it is put right', async () => {
    const { library, state } = backend();
    await state.load();
    library.setFact.mockRejectedValueOnce(new ApiError('invalid', '“soon” is not a date.'));
    await state.set('launch', 'soon');
    expect([state.errors.launch?.message, state.keeping]).toEqual(['“soon” is not a date.', 'failed']);
    await state.set('launch', '2030-01-31');
    expect([state.errors, state.keeping]).toEqual([{}, 'kept']);
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { Api, Moment, ProjectAt } from '../api';
import { ApiError } from '../api';
import { at, settled } from './fake-parts';
import { endOfMinute, MomentState } from './moment.svelte';

const moment = (title: string, seconds: number): Moment => ({ id: title, title, phase: '', action: '', by: { kind: 'person', name: 'You' }, at: at(seconds) });

function looking() {
  const moments = [moment('Spec signed', 200), moment('Gate of Request passed', 100), moment('Project started', 0)];
  const past = vi.fn(async (_p: string, time: string) => ({ at: time, artifacts: [{ same: true }, { same: false }] }) as unknown as ProjectAt);
  return { past, state: new MomentState({ projects: { moments: async () => moments, at: past } } as unknown as Api, 'p1') };
}

describe('MomentState', () => {
  it('begins with the newest moment', async () => {
    const { state } = looking();
    await state.load();
    expect([state.at, state.changed]).toEqual([at(200), 1]);
  });

  it('moves from moment to moment, also from a time between two', async () => {
    const { state } = looking();
    await state.load();
    state.step(1);
    await settled();
    expect(state.at).toBe(at(100));
    await state.show(at(150));
    state.step(1);
    expect(state.at).toBe(at(100));
    await state.show(at(150));
    state.step(-1);
    expect(state.at).toBe(at(200));
  });

  it('says why there is nothing to show', async () => {
    const { state, past } = looking();
    await state.load();
    past.mockRejectedValueOnce(new ApiError('not_found', 'There is nothing before it.'));
    await state.show(at(-100));
    expect([state.past, state.error?.message]).toEqual([undefined, 'There is nothing before it.']);
  });

  it('takes a minute of a field as its end', () => {
    expect(Date.parse(endOfMinute('2026-11-20T14:02')) - Date.parse(new Date('2026-11-20T14:02').toISOString())).toBe(59_999);
    expect(endOfMinute('noon')).toBe('');
  });
});

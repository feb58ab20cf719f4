import { describe, expect, it, vi } from 'vitest';
import type { Api } from '../api';
import { ChangeRequestState } from './change-request.svelte';
import { artifact } from './fake-parts';

function state(paths: string[]): ChangeRequestState {
  const list = vi.fn<Api['artifacts']['list']>(async () => paths.map((path) => artifact(1, { path })));
  return new ChangeRequestState({ artifacts: { list } } as unknown as Pick<Api, 'artifacts'>, 'p1');
}

describe('ChangeRequestState', () => {
  it('offers the answers of the project, the change request first', async () => {
    const requests = state(['spec.md', 'answers/issue-analysis.md', 'answers/change-request.md']);
    await requests.load();
    expect(requests.list.map((one) => one.path)).toEqual(['answers/issue-analysis.md', 'answers/change-request.md']);
    expect(requests.chosen).toBe('answers/change-request.md');
    requests.chosen = 'answers/issue-analysis.md';
    await requests.load();
    expect(requests.chosen).toBe('answers/issue-analysis.md');
  });

  it('has nothing to choose where nothing was asked for', async () => {
    const requests = state(['spec.md']);
    await requests.load();
    expect([requests.chosen, requests.loaded]).toEqual(['', true]);
  });
});

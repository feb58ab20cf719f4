import { describe, expect, it } from 'vitest';
import { links, parse, type Place, Router } from './router.svelte';

describe('addresses', () => {
  it.each([
    ['', { name: 'home' }],
    ['#/', { name: 'home' }],
    ['#/nowhere', { name: 'home' }],
    ['#/p', { name: 'home' }],
    ['#/new', { name: 'new' }],
    ['#/p/p1/board', { name: 'board', project: 'p1' }],
    ['#/p/p1/steps', { name: 'plan', project: 'p1', step: '', view: 'list' }],
    ['#/p/p1/steps/2.1?view=graph', { name: 'plan', project: 'p1', step: '2.1', view: 'graph' }],
    ['#/p/p1/steps/4?view=none', { name: 'plan', project: 'p1', step: '4', view: 'list' }],
    ['#/p/p1/facts', { name: 'facts', project: 'p1' }],
    ['#/settings', { name: 'settings', section: 'models' }],
    ['#/settings/data', { name: 'settings', section: 'data' }],
    ['#/p/01A', { name: 'phase', project: '01A', phase: '', tab: '' }],
    ['#/p/01A/spec', { name: 'phase', project: '01A', phase: 'spec', tab: '' }],
    ['#/p/01A/spec/run', { name: 'phase', project: '01A', phase: 'spec', tab: 'run' }],
    ['#/p/01A/history', { name: 'history', project: '01A', path: '' }],
    ['#/p/01A/history?path=audits%2Freview-01.md', { name: 'history', project: '01A', path: 'audits/review-01.md' }],
    ['#/p/01A/findings', { name: 'findings', project: '01A', finding: '', only: '' }],
    ['#/p/01A/findings/01F?only=open%2CP0', { name: 'findings', project: '01A', finding: '01F', only: 'open,P0' }],
    ['#/library', { name: 'library', project: '', prompt: '', tab: '' }],
    ['#/p/01A/library/fix-prompt/run-01B', { name: 'library', project: '01A', prompt: 'fix-prompt', tab: 'run-01B' }],
    ['#/p/%E0%A4%A', { name: 'phase', project: '%E0%A4%A', phase: '', tab: '' }],
  ])('reads %s', (hash, route) => {
    expect(parse(hash)).toEqual(route);
  });

  it('reads what it writes', () => {
    expect(parse(links.phase('a b', 'spec', 'run'))).toEqual({ name: 'phase', project: 'a b', phase: 'spec', tab: 'run' });
    expect(parse(links.history('p', 'steps/07.md'))).toEqual({ name: 'history', project: 'p', path: 'steps/07.md' });
    expect(parse(links.findings('p', 'f', 'open,P1'))).toEqual({ name: 'findings', project: 'p', finding: 'f', only: 'open,P1' });
    expect(parse(links.settings('you'))).toEqual({ name: 'settings', section: 'you' });
    expect(parse(links.library('', 'spec', 'edit'))).toEqual({ name: 'library', project: '', prompt: 'spec', tab: 'edit' });
    expect(parse(links.library('p', 'prompts/fix-01.md'))).toEqual({ name: 'library', project: 'p', prompt: 'prompts/fix-01.md', tab: '' });
    expect(parse(links.create())).toEqual({ name: 'new' });
  });
});

function placeAt(hash: string) {
  let listener = (): void => undefined;
  const place: Place = {
    hash: () => hash,
    go: (to) => {
      hash = to;
      listener();
    },
    replace: (to) => {
      hash = to;
    },
    listen: (callback) => {
      listener = callback;
      return () => (listener = () => undefined);
    },
  };
  return place;
}

describe('Router', () => {
  it('follows the address', () => {
    const router = new Router(placeAt('#/'));
    router.start();
    router.go('#/p/01A/spec/run');
    expect(router.project).toBe('01A');
  });

  it('stays on the screen when only the tab changes', () => {
    const router = new Router(placeAt('#/p/01A/spec/run'));
    router.start();
    const before = router.screen;
    router.go('#/p/01A/spec/document');
    expect(router.screen).toBe(before);
    router.go('#/p/01A/plan');
    expect(router.screen).not.toBe(before);
  });

  it('replaces without waiting for the browser', () => {
    const router = new Router(placeAt('#/p/01A'));
    router.replace('#/p/01A/spec');
    expect(router.route).toMatchObject({ phase: 'spec' });
  });

  it('no longer follows once stopped', () => {
    const place = placeAt('#/');
    const router = new Router(place);
    router.start()();
    place.go('#/new');
    expect(router.route.name).toBe('home');
  });
});

import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { api, desk, EventStream, hasBridge, installShim, openEvents } from './lib/api';
import type { Place } from './lib/state/router.svelte';
import type { Surroundings } from './lib/state/app.svelte';
import { isMac } from './lib/ui/keys';

const place: Place = {
  hash: () => location.hash,
  go: (hash) => {
    location.hash = hash;
  },
  replace: (hash) => history.replaceState(null, '', hash),
  listen: (callback) => {
    addEventListener('hashchange', callback);
    return () => removeEventListener('hashchange', callback);
  },
};

async function surroundings(): Promise<Surroundings> {
  if (!hasBridge()) installShim(import.meta.env.MODE !== 'fake');
  if (import.meta.env.MODE === 'fake') {
    const { createFake } = await import('./lib/api/fake');
    const query = new URLSearchParams(location.search);
    const fake = createFake({ empty: query.has('empty'), ollama: !query.has('alone'), findings: Number(query.get('findings') ?? 0) });
    return { api: fake.api, events: new EventStream(fake.source, fake.api.events.since), desk, place, mac: isMac };
  }
  return { api, events: openEvents(), desk, place, mac: isMac };
}

const target = document.getElementById('app');
if (target) void surroundings().then((around) => mount(App, { target, props: { around } }));

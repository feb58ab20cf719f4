import { describe, expect, it } from 'vitest';
import { Late } from './late.svelte';

describe('Late', () => {
  it('fetches once, whoever asks', async () => {
    let fetched = 0;
    const late = new Late(async () => ({ default: ++fetched }));
    expect(late.component).toBeUndefined();
    await Promise.all([late.fetch(), late.fetch()]);
    await late.fetch();
    expect(late.component).toBe(1);
  });

  it('is fetched again after a failure', async () => {
    let there = false;
    const late = new Late(async () => {
      if (!there) throw new TypeError('Importing a module script failed.');
      return { default: 'a screen' };
    });
    await late.fetch();
    expect(late.component).toBeUndefined();
    expect(late.error?.code).toBe('internal');
    there = true;
    await late.fetch();
    expect(late.component).toBe('a screen');
    expect(late.error).toBeUndefined();
  });
});

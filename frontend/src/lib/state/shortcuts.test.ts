import { describe, expect, it, vi } from 'vitest';
import { type KeyPress, matches, Shortcuts } from './shortcuts.svelte';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe('matches', () => {
  it.each([
    ['N', press('n'), true],
    ['N', press('N', { shiftKey: true }), false],
    ['N', press('n', { ctrlKey: true }), false],
    ['Shift J', press('J', { shiftKey: true }), true],
    ['Ctrl K', press('k', { ctrlKey: true }), true],
    ['Ctrl K', press('k'), false],
    ['Ctrl Shift C', press('C', { ctrlKey: true, shiftKey: true }), true],
    ['Ctrl Shift C', press('c', { ctrlKey: true }), false],
    ['Ctrl Enter', press('Enter', { ctrlKey: true }), true],
    ['/', press('/', { shiftKey: true }), true],
    ['[', press('[', { ctrlKey: true, altKey: true }), true],
    ['[', press('[', { ctrlKey: true }), false],
    ['Space', press(' '), true],
  ])('%s on Linux and Windows', (keys, pressed, hit) => {
    expect(matches(keys, pressed, false)).toBe(hit);
  });

  it('takes Cmd for Ctrl on macOS', () => {
    expect(matches('Ctrl K', press('k', { metaKey: true }), true)).toBe(true);
    expect(matches('Ctrl K', press('k', { ctrlKey: true }), true)).toBe(false);
  });
});

describe('Shortcuts', () => {
  const event = (key: string, more: Partial<KeyPress> = {}): KeyboardEvent =>
    ({ ...press(key, more), isComposing: false, defaultPrevented: false, preventDefault: vi.fn() }) as unknown as KeyboardEvent;

  it('runs the latest one bound, until it is unbound', () => {
    const shortcuts = new Shortcuts(false, () => true);
    const [first, second] = [vi.fn(), vi.fn()];
    shortcuts.bind([{ keys: 'R', run: first }]);
    const unbind = shortcuts.bind([{ keys: 'R', run: second }]);
    shortcuts.handle(event('r'), false);
    unbind();
    shortcuts.handle(event('r'), false);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
  });

  it('leaves text fields alone, but for those that work anywhere', () => {
    const shortcuts = new Shortcuts(false, () => true);
    const [single, anywhere] = [vi.fn(), vi.fn()];
    shortcuts.bind([
      { keys: 'N', run: single },
      { keys: 'Ctrl K', run: anywhere, anywhere: true },
    ]);
    expect(shortcuts.handle(event('n'), true)).toBe(false);
    expect(shortcuts.handle(event('k', { ctrlKey: true }), true)).toBe(true);
    expect(single).not.toHaveBeenCalled();
  });

  it('switches single keys off, chords and named keys not', () => {
    const shortcuts = new Shortcuts(false, () => false);
    shortcuts.bind([
      { keys: 'N', run: vi.fn() },
      { keys: 'Shift J', run: vi.fn() },
      { keys: 'F6', run: vi.fn() },
      { keys: 'Ctrl G', run: vi.fn() },
    ]);
    expect(shortcuts.handle(event('n'), false)).toBe(false);
    expect(shortcuts.handle(event('J', { shiftKey: true }), false)).toBe(false);
    expect(shortcuts.handle(event('F6'), false)).toBe(true);
    expect(shortcuts.handle(event('g', { ctrlKey: true }), false)).toBe(true);
  });

  it('does not take what somebody else has handled', () => {
    const shortcuts = new Shortcuts(false, () => true);
    const run = vi.fn();
    shortcuts.bind([{ keys: 'N', run }]);
    shortcuts.handle({ ...event('n'), defaultPrevented: true } as KeyboardEvent, false);
    expect(run).not.toHaveBeenCalled();
  });
});

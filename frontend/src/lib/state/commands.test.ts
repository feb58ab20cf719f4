import { describe, expect, it, vi } from 'vitest';
import { type Command, Commands, search } from './commands.svelte';

const command = (title: string, more: Partial<Command> = {}): Command => ({
  id: title,
  group: 'Actions',
  title,
  icon: 'run',
  run: vi.fn(),
  ...more,
});

const titles = (commands: Command[], query: string): string[] => search(commands, query).map((match) => match.command.title);

describe('search', () => {
  const run = command('Run the Spec prompt');
  const copy = command('Copy the Spec prompt', { detail: 'for any chat' });
  const spec = command('Spec', { group: 'Go to' });
  const model = command('qwen2.5-coder:14b', { group: 'Models', words: 'model default' });
  const all = [run, copy, spec, model];

  it('keeps the given order without a query', () => {
    expect(search(all, '  ').map((match) => match.command)).toEqual(all);
  });

  it('wants every word, as the beginning of one', () => {
    expect(titles(all, 'run sp')).toEqual(['Run the Spec prompt']);
    expect(titles(all, 'pec')).toEqual(['Run the Spec prompt', 'Copy the Spec prompt', 'Spec']);
    expect(titles(all, 'ec')).toEqual([]);
  });

  it('puts a title that begins with the word first', () => {
    expect(titles(all, 'spec')[0]).toBe('Spec');
  });

  it('finds other words of a command', () => {
    expect(titles(all, 'chat')).toEqual(['Copy the Spec prompt']);
    expect(titles(all, 'coder')).toEqual(['qwen2.5-coder:14b']);
  });

  it('limits to a group by its sign', () => {
    expect(titles(all, '@')).toEqual(['qwen2.5-coder:14b']);
    expect(titles(all, '> spec')).toEqual(['Run the Spec prompt', 'Copy the Spec prompt']);
  });

  it('marks the letters that matched', () => {
    expect(search([run], 'sp run')[0]?.marks).toEqual([
      [0, 3],
      [8, 10],
    ]);
  });

  it('lists what cannot be done after what can', () => {
    const blocked = command('Run the Plan prompt', { reason: 'The gate is closed.' });
    expect(titles([blocked, run], 'run')).toEqual(['Run the Spec prompt', 'Run the Plan prompt']);
  });
});

describe('Commands', () => {
  it('asks the views only while it is open, the latest first', () => {
    const commands = new Commands();
    const view = vi.fn(() => [command('Of the view')]);
    commands.provide(() => [command('Everywhere')]);
    const leave = commands.provide(view);
    expect(commands.all).toEqual([]);
    expect(view).not.toHaveBeenCalled();
    commands.open = true;
    expect(commands.all.map((one) => one.title)).toEqual(['Of the view', 'Everywhere']);
    leave();
    expect(commands.all.map((one) => one.title)).toEqual(['Everywhere']);
  });
});

import { describe, expect, it } from 'vitest';
import type { Gate } from '../../lib/api';
import { ago, brought, clock, deedOf, gateWord, join, lasted, moment, nameOf, size } from './words';

const now = new Date(2026, 10, 20, 14, 30).getTime();
const back = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();

describe('times', () => {
  it('says how long ago while that is short', () => {
    expect(ago(back(0), now)).toBe('just now');
    expect(ago(back(14), now)).toBe('14 min ago');
    expect(ago(back(60), now)).toBe('today 13:30');
  });

  it('names the day by the calendar, not by 24 hours', () => {
    expect(moment(back(14 * 60 + 31), now)).toBe('yesterday');
    expect(moment(back(3 * 24 * 60), now)).toBe('Tuesday');
    expect(moment(back(8 * 24 * 60), now)).toBe('12 Nov');
    expect(moment(back(365 * 24 * 60), now)).toBe('20 Nov 2025');
    expect(moment('', now)).toBe('');
  });

  it('counts a running clock and a finished time', () => {
    expect(clock(47_900)).toBe('00:47');
    expect(clock(3_729_000)).toBe('1:02:09');
    expect(lasted(47_400)).toBe('47 s');
    expect(lasted(200_000)).toBe('3 min 20 s');
    expect(lasted(7_260_000)).toBe('2 h 1 min');
  });
});

it('writes sizes and lists', () => {
  expect(size(812)).toBe('812 bytes');
  expect(size(4210)).toBe('4.2 KB');
  expect(size(2_400_000)).toBe('2.4 MB');
  expect(join(['Spec v6', 'Request v3'])).toBe('Spec v6 and Request v3');
});

it('calls the person you and a model by its name', () => {
  expect(nameOf({ kind: 'person', name: 'Ada' })).toBe('you');
  expect(nameOf({ kind: 'person', name: 'Ada' }, true)).toBe('You');
  expect(nameOf({ kind: 'model', name: 'qwen' })).toBe('qwen');
  expect(nameOf({ kind: 'plumbline', name: 'Import from Spec Kit' })).toBe('Import from Spec Kit');
  expect(deedOf('saved', { kind: 'person', name: 'Ada' })).toBe('edited by you');
  expect(deedOf('accepted', { kind: 'model', name: 'qwen' })).toBe('written by qwen');
  expect(deedOf('accepted', { kind: 'model', name: 'Pasted answer' })).toBe('pasted');
});

describe('what is said', () => {
  it('tells what a run has brought in whole sentences', () => {
    expect(brought(438, 4000)).toBe('438 tokens in 4 s.');
    expect(brought(1, 100)).toBe('1 token.');
    expect(brought(0, 4000)).toBe('It took 4 s.');
    expect(brought(0, 0)).toBe('');
  });

  it('names how a gate stands in a few words', () => {
    const gate = { open: false, missing: 3 } as Gate;
    expect(gateWord({ gate: undefined, passed: false, overridden: false })).toBe('Gate');
    expect(gateWord({ gate, passed: false, overridden: false })).toBe('Gate, 3 missing');
    expect(gateWord({ gate: { ...gate, open: true }, passed: false, overridden: false })).toBe('Gate open');
    expect(gateWord({ gate, passed: true, overridden: false })).toBe('Gate passed');
    expect(gateWord({ gate, passed: true, overridden: true })).toBe('Gate overridden');
  });
});

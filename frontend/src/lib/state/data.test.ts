import { describe, expect, it, vi } from 'vitest';
import { type Api, ApiError, type Backup, type Check, type VerifyProgress } from '../api';
import { DataState } from './data.svelte';
import { answer } from './fake-parts';

const backup = (path: string): Backup => ({ path, at: '2026-11-25T14:02:00Z', size: 1_200_000, auto: false });
const check = (state: string): Check => ({ id: 'history', title: 'History of Shop', state, message: 'It is so.', hint: 'Do this.' });

function state(data: Partial<Api['data']>) {
  const show = vi.fn();
  return { state: new DataState({ data } as Api, { show }), show };
}

describe('backups', () => {
  it('are listed, and why not', async () => {
    const { state: one } = state({ backups: vi.fn().mockRejectedValueOnce(new ApiError('unavailable', 'The folder cannot be read.')).mockResolvedValue([backup('a.zip')]) });
    await one.load();
    expect([one.loaded, one.error?.message]).toEqual([false, 'The folder cannot be read.']);
    await one.load();
    expect([one.loaded, one.error, one.backups.length]).toEqual([true, undefined, 1]);
  });

  it('are made once at a time, and then listed', async () => {
    const made = answer<Backup>();
    const backUp = vi.fn(() => made.promise);
    const { state: one, show } = state({ backUp, backups: async () => [backup('/data/b.zip')] });
    const ends = one.backUp();
    void one.backUp();
    expect([one.backingUp, backUp.mock.calls.length]).toEqual([true, 1]);
    made.give(backup('/data/b.zip'));
    await ends;
    expect(one.backingUp).toBe(false);
    expect(one.backups[0]?.path).toBe('/data/b.zip');
    expect(show).toHaveBeenCalledWith('Everything is in /data/b.zip, 1.2 MB, and was read back.');
  });

  it('that cannot be made say why in their place', async () => {
    const { state: one, show } = state({ backUp: vi.fn().mockRejectedValue(new ApiError('unavailable', 'The disk is full.')) });
    await one.backUp();
    expect([one.backingUp, one.backupError?.message]).toEqual([false, 'The disk is full.']);
    expect(show).not.toHaveBeenCalled();
  });
});

describe('the check of everything', () => {
  function checking() {
    const found = answer<Check[]>();
    let tell: (progress: VerifyProgress) => void = () => undefined;
    const verify = vi.fn((signal: AbortSignal, to: typeof tell) => {
      tell = to;
      return new Promise<Check[]>((give, refuse) => {
        void found.promise.then(give);
        signal.addEventListener('abort', () => refuse(new ApiError('canceled', 'Stopped.')));
      });
    });
    const { state: one } = state({ verify });
    return { one, found, verify, tell: (progress: VerifyProgress) => tell(progress) };
  }

  it('tells how far it is, and that all is well', async () => {
    const { one, found, tell } = checking();
    const ends = one.check();
    tell({ done: 1, total: 4, title: 'History of Shop' });
    expect([one.checking, one.share, one.progress?.title]).toEqual([true, 0.25, 'History of Shop']);
    found.give([check('ok'), check('ok')]);
    await ends;
    expect([one.checking, one.checks?.length, one.faults.length]).toEqual([false, 2, 0]);
  });

  it('keeps what it has found wrong', async () => {
    const { one, found } = checking();
    const ends = one.check();
    found.give([check('ok'), check('failed')]);
    await ends;
    expect(one.faults.map((fault) => fault.hint)).toEqual(['Do this.']);
  });

  it('is stopped without a complaint, and can be asked again', async () => {
    const { one, verify } = checking();
    const ends = one.check();
    one.stop();
    await ends;
    expect([one.checking, one.checkError, one.checks]).toEqual([false, undefined, undefined]);
    void one.check();
    expect(verify).toHaveBeenCalledTimes(2);
  });
});

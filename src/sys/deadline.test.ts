import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { withDeadline } from './deadline.ts';

const late = (): Error => new Error('too late');

/** A promise that is settled by hand. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

describe('work with a deadline', () => {
  let controller: AbortController;
  beforeEach(() => {
    controller = new AbortController();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => void vi.useRealTimers());

  /** What outlives the call: nothing, however it ends. */
  const left = (): number => vi.getTimerCount() + getEventListeners(controller.signal, 'abort').length;

  it('gives what the work gives', async () => {
    const work = deferred<string>();
    const result = withDeadline(work.promise, 1000, controller.signal, late);
    await vi.advanceTimersByTimeAsync(999);
    expect(left()).toBe(2);
    work.resolve('done');
    expect(await result).toBe('done');
    expect(left()).toBe(0);
  });

  it('throws what the work throws', async () => {
    const failure = new Error('broken');
    await expect(withDeadline(Promise.reject(failure), 1000, controller.signal, late)).rejects.toBe(failure);
    expect(left()).toBe(0);
  });

  it('throws what onTimeout returns once the time is over', async () => {
    const work = deferred<string>();
    const result = withDeadline(work.promise, 1000, controller.signal, late);
    vi.advanceTimersByTime(1000);
    await expect(result).rejects.toThrow('too late');
    expect(left()).toBe(0);
  });

  it('throws the reason of the signal when that aborts', async () => {
    const work = deferred<string>();
    const result = withDeadline(work.promise, 1000, controller.signal, late);
    const reason = new Error('the client went away');
    controller.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(left()).toBe(0);
  });

  it('throws the reason of a signal that is aborted already', async () => {
    const reason = new Error('the client went away');
    controller.abort(reason);
    await expect(withDeadline(Promise.resolve(1), 1000, controller.signal, late)).rejects.toBe(reason);
    expect(left()).toBe(0);
  });

  it.each([
    ['the time is over', (): void => void vi.advanceTimersByTime(1000)],
    ['the signal aborts', (): void => controller.abort(new Error('gone'))],
    ['the signal has aborted beforehand', 'before'],
  ])('handles work that fails when %s', async (_when, act) => {
    const unhandled: unknown[] = [];
    const record = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', record);
    onTestFinished(() => void process.off('unhandledRejection', record));

    const work = deferred<string>();
    if (act === 'before') controller.abort(new Error('gone'));
    const result = withDeadline(work.promise, 1000, controller.signal, late).catch(() => 'rejected');
    if (typeof act === 'function') act();
    expect(await result).toBe('rejected');
    work.reject(new Error('the loser'));
    await setImmediate();
    await setImmediate();
    expect(unhandled).toEqual([]);
  });
});

import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { linkAbort } from './linked-abort.ts';

const listeners = (...controllers: AbortController[]): number[] =>
  controllers.map(({ signal }) => getEventListeners(signal, 'abort').length);

describe('linked signals', () => {
  it.each([0, 1])('abort with source %i, for its reason', (which) => {
    const sources = [new AbortController(), new AbortController()];
    using linked = linkAbort(...sources.map((source) => source.signal));
    expect(linked.signal.aborted).toBe(false);
    const reason = new Error('gone');
    sources[which]?.abort(reason);
    expect(linked.signal.aborted).toBe(true);
    expect(linked.signal.reason).toBe(reason);
  });

  it('keep the reason of the first source', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    using linked = linkAbort(first.signal, second.signal);
    second.abort('second');
    first.abort('first');
    expect(linked.signal.reason).toBe('second');
  });

  it('are aborted from the start when a source is', () => {
    const source = new AbortController();
    using linked = linkAbort(source.signal, AbortSignal.abort('before'));
    expect(linked.signal.aborted).toBe(true);
    expect(linked.signal.reason).toBe('before');
  });

  it('let go of their sources when disposed, and hear nothing of them any more', () => {
    const sources = [new AbortController(), new AbortController(), new AbortController()];
    sources[2]?.abort();
    const [first, second] = sources;
    const linked = linkAbort(...sources.slice(0, 2).map((source) => source.signal));
    expect(listeners(...sources)).toEqual([1, 1, 0]);
    linked[Symbol.dispose]();
    expect(listeners(...sources)).toEqual([0, 0, 0]);
    first?.abort();
    second?.abort();
    expect(linked.signal.aborted).toBe(false);
  });

  it('leave no listener on a source that was aborted before or after', () => {
    const [before, after] = [new AbortController(), new AbortController()];
    before.abort();
    {
      using _linked = linkAbort(before.signal, after.signal);
      after.abort();
    }
    expect(listeners(before, after)).toEqual([0, 0]);
  });

  it('do not pile up on a source that outlives them', () => {
    const process = new AbortController();
    for (let request = 0; request < 100; request++) {
      using _linked = linkAbort(new AbortController().signal, process.signal);
      expect(listeners(process)).toEqual([1]);
    }
    expect(listeners(process)).toEqual([0]);
  });
});

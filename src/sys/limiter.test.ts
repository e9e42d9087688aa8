import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Limiter } from './limiter.ts';

const forever = new AbortController().signal;
const options = { capacity: 1, queueCapacity: 2, queueTimeoutMs: 1000 };

type Outcome = 'granted' | 'full' | 'late' | 'stopping' | 'aborted';

/** One acquire and what has become of it by now. */
class Call {
  readonly controller = new AbortController();
  outcome: Outcome | undefined;
  lease: Disposable | undefined;

  constructor(limiter: Limiter, alreadyAborted = false) {
    if (alreadyAborted) this.controller.abort(new Error('gone'));
    limiter.acquire(this.controller.signal).then(
      (lease) => {
        this.outcome = 'granted';
        this.lease = lease;
      },
      (error: unknown) => {
        this.outcome = outcomeOf(error);
      },
    );
  }
}

function outcomeOf(error: unknown): Outcome {
  const text = String(error);
  if (text.includes('waiting already')) return 'full';
  if (text.includes('no place within')) return 'late';
  return text.includes('stopping') ? 'stopping' : 'aborted';
}

/** What a first-in first-out semaphore must do, as plainly as it can be said. */
interface Model {
  calls: { outcome: Outcome | undefined; deadline: number; leased: boolean }[];
  /** Indices of calls that wait, the first one first. */
  queue: number[];
  closed: boolean;
  now: number;
}

interface Real {
  readonly limiter: Limiter;
  readonly calls: Call[];
}

const CAPACITY = 2;
const QUEUE_CAPACITY = 3;
const QUEUE_TIMEOUT_MS = 100;

const running = (model: Model): number => model.calls.filter((call) => call.leased).length;

function expectSame(model: Model, real: Real): void {
  expect(real.calls.map((call) => call.outcome)).toEqual(model.calls.map((call) => call.outcome));
  expect(real.limiter.running).toBe(running(model));
  expect(real.limiter.running).toBeLessThanOrEqual(CAPACITY);
  expect(real.limiter.queued).toBe(model.queue.length);
  // A timer for each that waits and for nobody else; the same for listeners.
  expect(vi.getTimerCount()).toBe(model.queue.length);
  for (const [index, call] of real.calls.entries()) {
    const listeners = getEventListeners(call.controller.signal, 'abort').length;
    expect(listeners).toBe(model.queue.includes(index) ? 1 : 0);
  }
}

function admitNext(model: Model): void {
  while (running(model) < CAPACITY) {
    const next = model.calls[model.queue.shift() ?? -1];
    if (!next) return;
    next.outcome = 'granted';
    next.leased = true;
  }
}

type Command = fc.AsyncCommand<Model, Real>;

function command(name: string, act: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    async run(model, real) {
      act(model, real);
      await vi.advanceTimersByTimeAsync(0);
      expectSame(model, real);
    },
    toString: () => name,
  };
}

const acquire = (alreadyAborted: boolean): Command =>
  command(`acquire${alreadyAborted ? ', aborted' : ''}`, (model, real) => {
    const call = {
      outcome: undefined as Outcome | undefined,
      deadline: model.now + QUEUE_TIMEOUT_MS,
      leased: false,
    };
    model.calls.push(call);
    if (alreadyAborted) call.outcome = 'aborted';
    else if (model.closed) call.outcome = 'stopping';
    else if (running(model) === CAPACITY && model.queue.length === QUEUE_CAPACITY) call.outcome = 'full';
    else model.queue.push(model.calls.length - 1);
    admitNext(model);
    real.calls.push(new Call(real.limiter, alreadyAborted));
  });

/** Gives the lease of some call back; those that have none do nothing, twice is as good as once. */
const release = (which: number): Command =>
  command(`release ${which}`, (model, real) => {
    const index = model.calls.length === 0 ? -1 : which % model.calls.length;
    const call = model.calls[index];
    if (!call) return;
    call.leased = false;
    admitNext(model);
    real.calls[index]?.lease?.[Symbol.dispose]();
  });

const abort = (which: number): Command =>
  command(`abort ${which}`, (model, real) => {
    const index = model.calls.length === 0 ? -1 : which % model.calls.length;
    const call = model.calls[index];
    if (!call) return;
    if (model.queue.includes(index)) {
      model.queue = model.queue.filter((waiting) => waiting !== index);
      call.outcome = 'aborted';
    }
    real.calls[index]?.controller.abort(new Error('gone'));
  });

const close = (): Command =>
  command('close', (model, real) => {
    model.closed = true;
    for (const index of model.queue.splice(0)) {
      const call = model.calls[index];
      if (call) call.outcome = 'stopping';
    }
    real.limiter.close();
  });

const pass = (ms: number): Command => ({
  check: () => true,
  async run(model, real) {
    model.now += ms;
    model.queue = model.queue.filter((index) => {
      const call = model.calls[index];
      if (!call || call.deadline > model.now) return true;
      call.outcome = 'late';
      return false;
    });
    await vi.advanceTimersByTimeAsync(ms);
    expectSame(model, real);
  },
  toString: () => `pass ${ms} ms`,
});

describe('a limiter', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('behaves like a bounded first-in first-out semaphore whatever happens in whatever order', async () => {
    const commands = fc.commands(
      [
        fc.constant(acquire(false)),
        fc.constant(acquire(false)),
        fc.constant(acquire(true)),
        fc.nat(50).map(release),
        fc.nat(50).map(release),
        fc.nat(50).map(abort),
        fc.integer({ min: 1, max: QUEUE_TIMEOUT_MS }).map(pass),
        // Rare: nothing of interest follows it.
        fc.nat(9).map((n) => (n === 0 ? close() : acquire(false))),
      ],
      { maxCommands: 60 },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (commands) => {
        vi.clearAllTimers();
        const limiter = new Limiter({
          capacity: CAPACITY,
          queueCapacity: QUEUE_CAPACITY,
          queueTimeoutMs: QUEUE_TIMEOUT_MS,
        });
        const model: Model = { calls: [], queue: [], closed: false, now: 0 };
        const real: Real = { limiter, calls: [] };
        await fc.asyncModelRun(() => ({ model, real }), commands);
        // In the end everybody is served or refused: nobody is lost.
        for (const call of real.calls) call.controller.abort(new Error('gone'));
        await vi.advanceTimersByTimeAsync(0);
        for (const call of real.calls) call.lease?.[Symbol.dispose]();
        expect(real.calls.filter((call) => call.outcome === undefined)).toEqual([]);
        expect([limiter.running, limiter.queued]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });

  it('tells its bounds', () => {
    const limiter = new Limiter(options);
    expect([limiter.capacity, limiter.queueCapacity, limiter.running, limiter.queued]).toEqual([1, 2, 0, 0]);
  });

  it('refuses at once, as overloaded and with a time to retry, when the queue is full', async () => {
    const limiter = new Limiter({ ...options, queueCapacity: 0 });
    using _lease = await limiter.acquire(forever);
    await expect(limiter.acquire(forever)).rejects.toMatchObject({
      code: 'overloaded',
      message: 'overloaded: 0 requests are waiting already',
      retryAfterSeconds: 2,
    });
    expect(limiter.queued).toBe(0);
  });

  it('refuses, as overloaded and with a time to retry, who waited too long', async () => {
    const limiter = new Limiter(options);
    using _lease = await limiter.acquire(forever);
    const call = new Call(limiter);
    const refused = limiter.acquire(forever).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(999);
    expect([limiter.queued, call.outcome]).toEqual([2, undefined]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await refused).toMatchObject({
      code: 'overloaded',
      message: 'overloaded: no place within 1000 ms',
      retryAfterSeconds: 5,
    });
    expect([limiter.queued, call.outcome]).toEqual([0, 'late']);
  });

  it('rejects with the reason of the signal and lets the next one have the place', async () => {
    const limiter = new Limiter(options);
    const lease = await limiter.acquire(forever);
    const client = new AbortController();
    const aborted = limiter.acquire(client.signal);
    const next = limiter.acquire(forever);
    const reason = new Error('the client went away');
    client.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    expect(limiter.queued).toBe(1);
    lease[Symbol.dispose]();
    using _next = await next;
    expect([limiter.running, limiter.queued]).toEqual([1, 0]);
  });

  it('does not even look for a place with a signal that is aborted', async () => {
    const limiter = new Limiter(options);
    const reason = new Error('gone');
    await expect(limiter.acquire(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(limiter.running).toBe(0);
  });

  it('refuses, once closed, all who wait and all who come; leases out remain counted', async () => {
    const limiter = new Limiter(options);
    const lease = await limiter.acquire(forever);
    const waiting = limiter.acquire(forever);
    limiter.close();
    const stopping = { code: 'stopping', retryAfterSeconds: 5 };
    await expect(waiting).rejects.toMatchObject(stopping);
    await expect(limiter.acquire(forever)).rejects.toMatchObject(stopping);
    expect(limiter.running).toBe(1);
    lease[Symbol.dispose]();
    expect(limiter.running).toBe(0);
  });

  it('takes a lease back once', async () => {
    const limiter = new Limiter({ ...options, capacity: 2 });
    const lease = await limiter.acquire(forever);
    using _other = await limiter.acquire(forever);
    lease[Symbol.dispose]();
    lease[Symbol.dispose]();
    expect(limiter.running).toBe(1);
  });
});

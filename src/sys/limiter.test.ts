import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Limiter } from './limiter.ts';

const forever = new AbortController().signal;
const options = { capacity: 1, queueCapacity: 2, queueTimeoutMs: 1000 };

type Outcome = 'granted' | 'full' | 'greedy' | 'late' | 'stopping' | 'aborted';

/** One acquire and what has become of it by now. */
class Call {
  readonly controller = new AbortController();
  outcome: Outcome | undefined;
  lease: Disposable | undefined;

  constructor(limiter: Limiter, client?: string, alreadyAborted = false) {
    if (alreadyAborted) this.controller.abort(new Error('gone'));
    limiter.acquire(this.controller.signal, client).then(
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
  if (text.includes('has the most')) return 'greedy';
  if (text.includes('waiting already')) return 'full';
  if (text.includes('no place within')) return 'late';
  return text.includes('stopping') ? 'stopping' : 'aborted';
}

/** What a semaphore with turns must do, as plainly as it can be said. */
interface Model {
  calls: { client: string | undefined; outcome: Outcome | undefined; deadline: number; leased: boolean }[];
  /** Indices of calls that wait, the first one first. */
  queue: number[];
  /** Clients with calls that wait, the one whose turn it is first. */
  turns: (string | undefined)[];
  closed: boolean;
  now: number;
}

interface Real {
  readonly limiter: Limiter;
  readonly calls: Call[];
}

const CAPACITY = 2;
const QUEUE_CAPACITY = 5;
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

const waitingOf = (model: Model, client: string | undefined): number[] =>
  model.queue.filter((index) => model.calls[index]?.client === client);

function leaveQueue(model: Model, index: number, outcome: Outcome): void {
  const call = model.calls[index];
  if (!call) return;
  call.outcome = outcome;
  model.queue = model.queue.filter((waiting) => waiting !== index);
  if (waitingOf(model, call.client).length === 0) {
    model.turns = model.turns.filter((client) => client !== call.client);
  }
}

function admitNext(model: Model): void {
  while (running(model) < CAPACITY && model.queue.length > 0) {
    const [client] = model.turns;
    const [index = -1] = waitingOf(model, client);
    leaveQueue(model, index, 'granted');
    const call = model.calls[index];
    if (call) call.leased = true;
    if (model.turns[0] === client) model.turns.push(...model.turns.splice(0, 1));
  }
}

/** What becomes of a newcomer in a full queue. */
function contend(model: Model, client: string | undefined): boolean {
  let most: number[] = [];
  for (const each of model.turns) {
    const waiting = waitingOf(model, each);
    if (waiting.length > most.length) most = waiting;
  }
  if (most.length - waitingOf(model, client).length < 2) return false;
  leaveQueue(model, most.at(-1) ?? -1, 'greedy');
  return true;
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

const acquire = (client: string | undefined, alreadyAborted = false): Command =>
  command(`acquire for ${client}${alreadyAborted ? ', aborted' : ''}`, (model, real) => {
    const call = {
      client,
      outcome: undefined as Outcome | undefined,
      deadline: model.now + QUEUE_TIMEOUT_MS,
      leased: false,
    };
    const isFull = running(model) === CAPACITY && model.queue.length === QUEUE_CAPACITY;
    if (alreadyAborted) call.outcome = 'aborted';
    else if (model.closed) call.outcome = 'stopping';
    else if (isFull && !contend(model, client)) call.outcome = 'full';
    else {
      model.queue.push(model.calls.length);
      if (!model.turns.includes(client)) model.turns.push(client);
    }
    model.calls.push(call);
    admitNext(model);
    real.calls.push(new Call(real.limiter, client, alreadyAborted));
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
    if (model.queue.includes(index)) leaveQueue(model, index, 'aborted');
    real.calls[index]?.controller.abort(new Error('gone'));
  });

const close = (): Command =>
  command('close', (model, real) => {
    model.closed = true;
    for (const index of model.queue) leaveQueue(model, index, 'stopping');
    real.limiter.close();
  });

const pass = (ms: number): Command => ({
  check: () => true,
  async run(model, real) {
    model.now += ms;
    for (const index of model.queue) {
      const { deadline = 0 } = model.calls[index] ?? {};
      if (deadline <= model.now) leaveQueue(model, index, 'late');
    }
    await vi.advanceTimersByTimeAsync(ms);
    expectSame(model, real);
  },
  toString: () => `pass ${ms} ms`,
});

describe('a limiter', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('behaves like a bounded semaphore with turns whatever happens in whatever order', async () => {
    const client = fc.constantFrom('a', 'b', 'c', undefined);
    const commands = fc.commands(
      [
        client.map((each) => acquire(each)),
        client.map((each) => acquire(each)),
        fc.constant(acquire('a')),
        client.map((each) => acquire(each, true)),
        fc.nat(50).map(release),
        fc.nat(50).map(release),
        fc.nat(50).map(abort),
        fc.integer({ min: 1, max: QUEUE_TIMEOUT_MS }).map(pass),
        // Rare: nothing of interest follows it.
        fc.nat(9).map((n) => (n === 0 ? close() : acquire('a'))),
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
        const model: Model = { calls: [], queue: [], turns: [], closed: false, now: 0 };
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

  it('lets clients take turns, and takes the last one of the greediest out of a full queue for another', async () => {
    const limiter = new Limiter({ ...options, queueCapacity: 3 });
    const lease = await limiter.acquire(forever, 'greedy');
    const order: string[] = [];
    const wait = async (client: string | undefined, name: string): Promise<void> => {
      using _lease = await limiter.acquire(forever, client);
      order.push(name);
    };
    const first = [wait('greedy', 'greedy 1'), wait('greedy', 'greedy 2')];
    const refused = wait('greedy', 'greedy 3').catch((error: unknown) => error);
    const other = wait('modest', 'modest 1');
    expect(await refused).toMatchObject({
      code: 'overloaded',
      message: 'overloaded: 3 requests are waiting already, and this client has the most of them',
      retryAfterSeconds: 2,
    });
    // Now 2 and 1: whoever gave way to whom would be worse off than the other.
    for (const client of ['greedy', 'modest']) {
      await expect(limiter.acquire(forever, client)).rejects.toMatchObject({
        message: 'overloaded: 3 requests are waiting already',
      });
    }
    lease[Symbol.dispose]();
    await Promise.all([...first, other]);
    expect(order).toEqual(['greedy 1', 'modest 1', 'greedy 2']);
  });

  it.each([
    [100, 1],
    [3500, 7],
    [60_000, 30],
  ])('tells, after leases of %i ms, to retry after %i s', async (ms, seconds) => {
    const limiter = new Limiter({ capacity: 2, queueCapacity: 4, queueTimeoutMs: 120_000 });
    const leases = [await limiter.acquire(forever), await limiter.acquire(forever)];
    await vi.advanceTimersByTimeAsync(ms);
    for (const lease of leases) lease[Symbol.dispose]();
    const calls = Array.from({ length: 6 }, () => new Call(limiter));
    await expect(limiter.acquire(forever)).rejects.toMatchObject({ retryAfterSeconds: seconds });
    for (const call of calls) call.controller.abort();
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

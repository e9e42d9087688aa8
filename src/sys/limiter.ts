import { TvmError } from '../errors.ts';
import { FairQueue } from './fair-queue.ts';

export interface LimiterOptions {
  /** Leases at a time. */
  readonly capacity: number;
  /** Callers that may wait. */
  readonly queueCapacity: number;
  /** Longest wait, in ms. */
  readonly queueTimeoutMs: number;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** Weight of the newest lease in the mean time of leases: high enough to follow the load within some ten of them. */
const NEWEST_WEIGHT = 0.1;

/** Bounds of an estimated time to retry, in s: a rate seen so far says little of what comes later. */
const RETRY_SECONDS = { least: 1, most: 30 } as const;

/** A semaphore with a bounded queue in which clients take turns; a waiter leaves it on abort or after the deadline. */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #queue = new FairQueue<Waiter>();
  #running = 0;
  #closed = false;
  /** How long a lease was kept, the newest ones counting most; undefined before the first is back. */
  #meanLeaseMs: number | undefined;

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#queue.size;
  }

  get capacity(): number {
    return this.#options.capacity;
  }

  get queueCapacity(): number {
    return this.#options.queueCapacity;
  }

  /**
   * Waits for a place. Disposing the lease gives it back, once.
   * @param client who asks: clients take turns, and in a full queue the one with most waiters gives way.
   * @throws TvmError `overloaded` when the queue is full or the wait too long, or when the client has most waiters and
   *   another one needs a place in the queue; `stopping` after close; the signal's reason on abort.
   */
  async acquire(signal: AbortSignal, client?: string): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#closed) throw stopping();
    if (this.#running < this.#options.capacity) {
      this.#running += 1;
      return this.#lease();
    }
    if (this.#queue.size >= this.#options.queueCapacity) this.#makeRoomFor(client);
    return this.#wait(signal, client);
  }

  /** Refuses all who wait and all who come; leases out remain valid. */
  close(): void {
    this.#closed = true;
    for (let next = this.#queue.take(); next; next = this.#queue.take()) next.refuse(stopping());
  }

  #makeRoomFor(client: string | undefined): void {
    const full = `overloaded: ${this.#queue.size} requests are waiting already`;
    const greedy = this.#queue.giveWayTo(client);
    if (!greedy) throw this.#overloaded(full, 2);
    greedy.refuse(this.#overloaded(`${full}, and this client has the most of them`, 2));
  }

  async #wait(signal: AbortSignal, client: string | undefined): Promise<Disposable> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        takeOut();
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const refuse = (reason: unknown): void => {
        leave();
        reject(reason);
      };
      const admit = (): void => {
        leave();
        resolve(this.#lease());
      };
      const onAbort = (): void => refuse(signal.reason);
      const { queueTimeoutMs } = this.#options;
      const timer = setTimeout(
        () => refuse(this.#overloaded(`overloaded: no place within ${queueTimeoutMs} ms`, 5)),
        queueTimeoutMs,
      );
      signal.addEventListener('abort', onAbort, { once: true });
      const takeOut = this.#queue.add(client, { admit, refuse });
    });
  }

  /** The time to retry is that in which the whole queue is served at the present rate, else the given one. */
  #overloaded(message: string, unknownSeconds: number): TvmError {
    const mean = this.#meanLeaseMs;
    const seconds = ((mean ?? 0) * this.#queue.size) / this.#options.capacity / 1000;
    const { least, most } = RETRY_SECONDS;
    return new TvmError('overloaded', message, {
      retryAfterSeconds:
        mean === undefined ? unknownSeconds : Math.min(most, Math.max(least, Math.ceil(seconds))),
    });
  }

  #lease(): Disposable {
    const since = performance.now();
    let released = false;
    return {
      [Symbol.dispose]: () => {
        if (released) return;
        released = true;
        const ms = performance.now() - since;
        const mean = this.#meanLeaseMs ?? ms;
        this.#meanLeaseMs = mean + (ms - mean) * NEWEST_WEIGHT;
        const next = this.#queue.take();
        if (next) next.admit();
        else this.#running -= 1;
      },
    };
  }
}

function stopping(): TvmError {
  return new TvmError('stopping', 'TVM is stopping', { retryAfterSeconds: 5 });
}

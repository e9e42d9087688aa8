import { TvmError } from '../errors.ts';

export interface LimiterOptions {
  /** Leases at a time. */
  readonly capacity: number;
  /** Callers that may wait. */
  readonly queueCapacity: number;
  /** Longest wait, in ms. */
  readonly queueTimeoutMs: number;
}

interface Waiter {
  readonly resolve: (lease: Disposable) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: NodeJS.Timeout;
  readonly signal: AbortSignal;
  readonly onAbort: () => void;
}

/** A first-in first-out semaphore with a bounded queue; a waiter leaves it on abort or after the deadline. */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #queue: Waiter[] = [];
  #running = 0;
  #closed = false;

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#queue.length;
  }

  get capacity(): number {
    return this.#options.capacity;
  }

  get queueCapacity(): number {
    return this.#options.queueCapacity;
  }

  /**
   * Waits for a place. Disposing the lease gives it back, once.
   * @throws TvmError `overloaded` when the queue is full or the wait too long, `stopping` after close; the signal's
   *   reason on abort.
   */
  async acquire(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#closed) throw stopping();
    if (this.#running < this.#options.capacity) {
      this.#running += 1;
      return this.#lease();
    }
    if (this.#queue.length >= this.#options.queueCapacity) {
      throw new TvmError('overloaded', `overloaded: ${this.#queue.length} requests are waiting already`, {
        retryAfterSeconds: 2,
      });
    }
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown): void => {
        const index = this.#queue.indexOf(waiter);
        if (index >= 0) this.#queue.splice(index, 1);
        this.#settle(waiter);
        reject(reason);
      };
      const waiter: Waiter = {
        resolve,
        reject,
        signal,
        onAbort: () => leave(signal.reason),
        timer: setTimeout(
          () =>
            leave(
              new TvmError('overloaded', `overloaded: no place within ${this.#options.queueTimeoutMs} ms`, {
                retryAfterSeconds: 5,
              }),
            ),
          this.#options.queueTimeoutMs,
        ),
      };
      signal.addEventListener('abort', waiter.onAbort, { once: true });
      this.#queue.push(waiter);
    });
  }

  /** Refuses all who wait and all who come; leases out remain valid. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#queue.splice(0)) {
      this.#settle(waiter);
      waiter.reject(stopping());
    }
  }

  #settle(waiter: Waiter): void {
    clearTimeout(waiter.timer);
    waiter.signal.removeEventListener('abort', waiter.onAbort);
  }

  #lease(): Disposable {
    let released = false;
    return {
      [Symbol.dispose]: () => {
        if (released) return;
        released = true;
        const next = this.#queue.shift();
        if (!next) {
          this.#running -= 1;
          return;
        }
        this.#settle(next);
        next.resolve(this.#lease());
      },
    };
  }
}

function stopping(): TvmError {
  return new TvmError('stopping', 'TVM is stopping', { retryAfterSeconds: 5 });
}

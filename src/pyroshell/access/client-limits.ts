import type { Settings } from '../../config/schema.ts';
import { TvmError } from '../../errors.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Clients whose rate is remembered: some megabytes at most. */
const MOST_CLIENTS = 10_000;

export type LimitSettings = Pick<Settings, 'requests_per_second' | 'request_burst' | 'executions_per_client'>;

/** What one client may ask for: a key, or an address where none is used. */
export class ClientLimits {
  readonly #settings: LimitSettings;
  readonly #buckets: TokenBuckets | undefined;
  /** Only clients that have any. */
  readonly #executions = new Map<string, number>();

  constructor(settings: LimitSettings, now: () => number = () => performance.now()) {
    this.#settings = settings;
    const { requests_per_second: perSecond, request_burst: burst } = settings;
    if (perSecond === 'off') return;
    this.#buckets = new TokenBuckets({ perSecond, burst, mostBuckets: MOST_CLIENTS, now });
  }

  /** Counts a request. @throws TvmError `rate_limited` */
  countRequest(client: string): void {
    const waitMs = this.#buckets?.take(client) ?? 0;
    if (waitMs === 0) return;
    const { requests_per_second: perSecond, request_burst: burst } = this.#settings;
    throw new TvmError(
      'rate_limited',
      `too many requests: one client may send ${perSecond} per second, ${burst} at once`,
      { retryAfterSeconds: waitMs / 1000 },
    );
  }

  /** Counts an execution until it is disposed of. @throws TvmError `rate_limited` */
  beginExecution(client: string): Disposable {
    const most = this.#settings.executions_per_client;
    const running = this.#executions.get(client) ?? 0;
    if (most !== 'off' && running >= most) {
      throw new TvmError(
        'rate_limited',
        `too many executions: one client may have ${most} at a time, those that wait included`,
        { retryAfterSeconds: 1 },
      );
    }
    this.#executions.set(client, running + 1);
    let ended = false;
    return {
      [Symbol.dispose]: () => {
        if (ended) return;
        ended = true;
        const left = (this.#executions.get(client) ?? 1) - 1;
        if (left > 0) this.#executions.set(client, left);
        else this.#executions.delete(client);
      },
    };
  }
}

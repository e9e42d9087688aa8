/** What rounding may lack of a token: whoever waited for as long as he was told gets it. */
const ROUNDING = 1e-6;

export interface TokenBucketOptions {
  /** Tokens that flow into each bucket. */
  readonly perSecond: number;
  /** Tokens that a bucket holds at most, and at first. */
  readonly burst: number;
  /** Buckets that are remembered at most; half as many of those used last are for certain. */
  readonly mostBuckets: number;
  /** A clock that never goes back, in ms. */
  readonly now: () => number;
}

interface Bucket {
  tokens: number;
  /** When that was, in ms. */
  at: number;
}

/**
 * A token bucket for each of any number of clients, in bounded memory: there are two generations, and the
 * older one is forgotten when the younger one is full, which makes its buckets full ones. (One table in the order of use
 * takes much longer: V8 leaves holes where entries are deleted and walks over them.)
 */
export class TokenBuckets {
  readonly #options: TokenBucketOptions;
  #young = new Map<string, Bucket>();
  #old = new Map<string, Bucket>();

  constructor(options: TokenBucketOptions) {
    this.#options = options;
  }

  /** Buckets that are remembered now. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Takes a token. Returns 0, or the time in ms after which there will be one; nothing is taken then. */
  take(client: string): number {
    const { perSecond, burst, mostBuckets, now } = this.#options;
    const at = now();
    const before = this.#young.get(client) ?? this.#old.get(client) ?? { tokens: burst, at };
    const tokens = Math.min(burst, before.tokens + ((at - before.at) * perSecond) / 1000);
    const waitMs = tokens >= 1 - ROUNDING ? 0 : ((1 - tokens) * 1000) / perSecond;
    this.#young.set(client, { tokens: waitMs === 0 ? Math.max(0, tokens - 1) : tokens, at });
    if (this.#young.size >= mostBuckets / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    return waitMs;
  }
}

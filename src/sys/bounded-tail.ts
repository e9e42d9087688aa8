/** Keeps the last bytes of a stream, so that a failure can be explained without unbounded memory. */
export class BoundedTail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;

  /** @param limit bytes kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    const kept = chunk.length > this.#limit ? chunk.subarray(chunk.length - this.#limit) : chunk;
    this.#chunks.push(kept);
    this.#size += kept.length;
    // Compacting at twice the limit keeps the cost per byte constant.
    if (this.#size > 2 * this.#limit || this.#chunks.length > 1024) this.#compact();
  }

  /** The tail as text; control characters but newline and tab are dropped, for it may come from a guest. */
  text(): string {
    this.#compact();
    // eslint-disable-next-line no-control-regex
    return (this.#chunks[0] ?? Buffer.alloc(0)).toString('utf8').replace(/[^\P{Cc}\n\t]/gu, '');
  }

  #compact(): void {
    const all = Buffer.concat(this.#chunks);
    const tail = all.length > this.#limit ? Buffer.from(all.subarray(all.length - this.#limit)) : all;
    this.#chunks = [tail];
    this.#size = tail.length;
  }
}

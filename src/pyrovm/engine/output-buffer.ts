/** Collects one output stream up to a cap, whatever the guest sends. */
export class OutputBuffer {
  readonly #limit: number;
  #buffer = Buffer.allocUnsafe(1024);
  #size = 0;
  #overflowed = false;

  /** @param limit bytes kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Appends a copy; what exceeds the cap is dropped and remembered as truncation. */
  push(data: Buffer): void {
    const kept = Math.min(data.length, this.#limit - this.#size);
    if (kept < data.length) this.#overflowed = true;
    if (this.#size + kept > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(
        Math.min(this.#limit, Math.max(this.#size + kept, 2 * this.#buffer.length)),
      );
      this.#buffer.copy(grown, 0, 0, this.#size);
      this.#buffer = grown;
    }
    data.copy(this.#buffer, this.#size, 0, kept);
    this.#size += kept;
  }

  get truncated(): boolean {
    return this.#overflowed;
  }

  /** What was collected, as a copy of its own size. */
  bytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#size));
  }
}

import type { Writable } from 'node:stream';

/** Least time between a fault and the next attempt, in ms. */
const RETRY_MS = 1000;

/**
 * Writes lines to a stream, and to a new one when that failed, so that logs come back when a full disk has space again.
 * Until then lines are lost: a full disk must not take the service down with it. Nothing here throws or waits.
 */
export class LineSink {
  readonly #open: () => Writable;
  readonly #now: () => number;
  #stream: Writable | undefined;
  #failedAt = -Infinity;
  #closed = false;

  /** Opens the first stream at once. */
  constructor(open: () => Writable, now: () => number = () => performance.now()) {
    this.#open = open;
    this.#now = now;
    this.#reopen();
  }

  /** Writes a line that ends with a newline. */
  write(line: string): void {
    if (this.#closed) return;
    let text = line;
    if (!this.#stream) {
      if (this.#now() - this.#failedAt < RETRY_MS) return;
      this.#reopen();
      // The last line before the fault may be there by half.
      text = `\n${line}`;
    }
    this.#stream?.write(text);
  }

  /** Settles when everything is written, or never can be. */
  async close(): Promise<void> {
    this.#closed = true;
    const stream = this.#stream;
    if (!stream) return;
    await new Promise<void>((resolve) => {
      stream.once('close', resolve);
      stream.end(() => resolve());
    });
  }

  #reopen(): void {
    try {
      const stream = this.#open();
      // One that failed stays listened to: it may report more than one fault.
      stream.on('error', () => {
        stream.destroy();
        if (this.#stream === stream) this.#fail();
      });
      this.#stream = stream;
    } catch {
      this.#fail();
    }
  }

  #fail(): void {
    this.#stream = undefined;
    this.#failedAt = this.#now();
  }
}

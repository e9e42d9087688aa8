import { Duplex } from 'node:stream';

/** Bytes that one end holds for its reader before the writer is told to wait. */
const HIGH_WATER_MARK = 16 * 1024;

/**
 * Two connected byte streams, like the ends of a socket pair: what is written to one is read from the other, with
 * back-pressure. When one end is destroyed or finished, the other one ends and closes, too.
 */
export function duplexPair(): [Duplex, Duplex] {
  const a: End = new End(() => b);
  const b: End = new End(() => a);
  return [a, b];
}

class End extends Duplex {
  readonly #other: () => End;
  /** Called when the reader of this end wants more. */
  #drained: (() => void) | undefined;

  constructor(other: () => End) {
    super({ allowHalfOpen: false, highWaterMark: HIGH_WATER_MARK });
    this.#other = other;
  }

  override _read(): void {
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#other().#take(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#other().#end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#other().#end();
    // Who waits for this end's reader would wait for ever.
    this._read();
    done(error);
  }

  #take(chunk: Buffer, done: (error?: Error | null) => void): void {
    if (this.destroyed || this.readableEnded) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    } else if (this.push(chunk)) {
      done();
    } else {
      this.#drained = done;
    }
  }

  #end(): void {
    // A second null would be a push after the end.
    if (!this.destroyed && !this.#ended) this.push(null);
    this.#ended = true;
  }

  #ended = false;
}

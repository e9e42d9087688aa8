/** Codec of the host ↔ guest protocol's frames; `protocol/PROTOCOL.md` is its specification. */

/** Largest payload of a frame, in bytes. */
export const MAX_PAYLOAD_BYTES = 65_536;
const LENGTH_BYTES = 4;
const HEADER_BYTES = LENGTH_BYTES + 1;

export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

/** A frame that breaks the protocol. Whoever sent it cannot be trusted to go on. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}

/** The bytes of one frame. */
export function encodeFrame(type: number, payload: Buffer): Buffer {
  if (payload.length > MAX_PAYLOAD_BYTES) throw new ProtocolError(`payload of ${payload.length} bytes`);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(payload.length + 1, 0);
  header.writeUInt8(type, 4);
  return Buffer.concat([header, payload]);
}

/** Splits a byte stream into frames. It never holds more than one incomplete frame. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  /**
   * Takes the next bytes and yields the frames that are complete now; to be iterated to its end.
   * @throws ProtocolError for a length outside 1 … 65537, after the frames before it; the reader is unusable then.
   */
  *push(chunk: Buffer): Generator<Frame, void> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (let needed = this.#neededBytes(); this.#size >= needed; needed = this.#neededBytes()) {
      const bytes = this.#take(needed);
      yield { type: bytes.readUInt8(4), payload: bytes.subarray(HEADER_BYTES) };
    }
  }

  /** Bytes of an incomplete frame that are waiting. */
  get pendingBytes(): number {
    return this.#size;
  }

  #neededBytes(): number {
    if (this.#size < LENGTH_BYTES) return HEADER_BYTES;
    const length = this.#peekLength().readUInt32LE(0);
    if (length < 1 || length > MAX_PAYLOAD_BYTES + 1) throw new ProtocolError(`frame length ${length}`);
    return LENGTH_BYTES + length;
  }

  #peekLength(): Buffer {
    const first = this.#chunks[0];
    if (first && first.length >= LENGTH_BYTES) return first;
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #take(count: number): Buffer {
    const all =
      this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
    const rest = all.subarray(count);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return all.subarray(0, count);
  }
}

/** Reads a payload strictly: every accessor checks bounds, `end` refuses what is left over. */
export class PayloadReader {
  readonly #payload: Buffer;
  #offset = 0;

  constructor(payload: Buffer) {
    this.#payload = payload;
  }

  u8(): number {
    return this.#take(1).readUInt8(0);
  }

  u16(): number {
    return this.#take(2).readUInt16LE(0);
  }

  u32(): number {
    return this.#take(4).readUInt32LE(0);
  }

  /** A u64 as a number; above 2^53 it loses precision, which no field of the protocol needs. */
  u64(): number {
    return Number(this.#take(8).readBigUInt64LE(0));
  }

  bytes(): Buffer {
    return this.#take(this.u32());
  }

  str(maxBytes = MAX_PAYLOAD_BYTES): string {
    const bytes = this.bytes();
    if (bytes.length > maxBytes) throw new ProtocolError(`string of ${bytes.length} bytes`);
    if (bytes.includes(0)) throw new ProtocolError('NUL in a string');
    return bytes.toString('utf8');
  }

  rest(): Buffer {
    return this.#take(this.#payload.length - this.#offset);
  }

  end(): void {
    if (this.#offset !== this.#payload.length) throw new ProtocolError('trailing bytes');
  }

  #take(count: number): Buffer {
    if (count > this.#payload.length - this.#offset) throw new ProtocolError('payload too short');
    const bytes = this.#payload.subarray(this.#offset, this.#offset + count);
    this.#offset += count;
    return bytes;
  }
}

/** Writes a payload. */
export class PayloadWriter {
  readonly #parts: Buffer[] = [];

  u8(value: number): this {
    return this.#add(1, (b) => b.writeUInt8(value));
  }

  u16(value: number): this {
    return this.#add(2, (b) => b.writeUInt16LE(value));
  }

  u32(value: number): this {
    return this.#add(4, (b) => b.writeUInt32LE(value));
  }

  u64(value: number | bigint): this {
    return this.#add(8, (b) => b.writeBigUInt64LE(BigInt(value)));
  }

  bytes(value: Buffer): this {
    return this.u32(value.length).rest(value);
  }

  str(value: string): this {
    return this.bytes(Buffer.from(value, 'utf8'));
  }

  list(values: readonly string[]): this {
    this.u32(values.length);
    for (const value of values) this.str(value);
    return this;
  }

  rest(value: Buffer): this {
    this.#parts.push(value);
    return this;
  }

  payload(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #add(size: number, write: (buffer: Buffer) => void): this {
    const buffer = Buffer.allocUnsafe(size);
    write(buffer);
    return this.rest(buffer);
  }
}

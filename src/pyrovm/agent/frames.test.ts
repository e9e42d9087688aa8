import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeFrame,
  FrameReader,
  MAX_PAYLOAD_BYTES,
  PayloadReader,
  PayloadWriter,
  ProtocolError,
} from './frames.ts';
import type { Frame } from './frames.ts';

const HEADER_BYTES = 5;

const bytes = (constraints: fc.IntArrayConstraints = {}): fc.Arbitrary<Buffer> =>
  fc.uint8Array(constraints).map((array) => Buffer.from(array));

/** Small payloads, and now and then one as large as can be. */
const payload = fc.oneof(
  { arbitrary: bytes({ maxLength: 40 }), weight: 20 },
  {
    arbitrary: fc
      .integer({ min: MAX_PAYLOAD_BYTES - 2, max: MAX_PAYLOAD_BYTES })
      .map((n) => Buffer.alloc(n, n)),
    weight: 1,
  },
);
const frame: fc.Arbitrary<Frame> = fc.record({ type: fc.nat(255), payload });

/** Comparing large buffers by their own method is a thousand times faster than by `toEqual`. */
const brief = ({ type, payload }: Frame): [number, number] => [type, payload.length];

/** Cuts a buffer into pieces of these sizes, over and over; pieces may be empty. */
function cut(buffer: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let offset = 0, i = 0; offset < buffer.length; i++) {
    const size = sizes[i % sizes.length] ?? buffer.length;
    pieces.push(buffer.subarray(offset, offset + size));
    offset += size;
  }
  return pieces;
}

/** Sizes of pieces of which at least one is not empty. */
const sizes = fc
  .array(fc.oneof(fc.nat(12), fc.nat(200_000)), { minLength: 1, maxLength: 8 })
  .filter((all) => all.some((size) => size > 0));

describe('reading frames', () => {
  it('gives the frames before a bad length', () => {
    const bytes = Buffer.concat([encodeFrame(3, Buffer.from('x')), Buffer.alloc(4)]);
    const given: number[] = [];
    expect(() => {
      for (const { type } of new FrameReader().push(bytes)) given.push(type);
    }).toThrow(ProtocolError);
    expect(given).toEqual([3]);
  });

  it('gives any sequence of frames back, in any chunking', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), sizes, (frames, sizes) => {
        const stream = Buffer.concat(frames.map(({ type, payload }) => encodeFrame(type, payload)));
        const reader = new FrameReader();
        const read = cut(stream, sizes).flatMap((piece) => [...reader.push(piece)]);
        expect(read.map(brief)).toEqual(frames.map(brief));
        expect(read.every(({ payload }, i) => frames[i]?.payload.equals(payload))).toBe(true);
        expect(reader.pendingBytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('gives any sequence of frames back byte by byte', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ type: fc.nat(255), payload: bytes({ maxLength: 20 }) })), (frames) => {
        const stream = Buffer.concat(frames.map(({ type, payload }) => encodeFrame(type, payload)));
        const reader = new FrameReader();
        expect(cut(stream, [1]).flatMap((piece) => [...reader.push(piece)])).toEqual(frames);
      }),
    );
  });

  it('gives each frame as soon as its last byte is there, not before', () => {
    const reader = new FrameReader();
    const encoded = encodeFrame(7, Buffer.from('abc'));
    expect([...reader.push(encoded.subarray(0, -1))]).toEqual([]);
    expect(reader.pendingBytes).toBe(encoded.length - 1);
    expect([...reader.push(encoded.subarray(-1))]).toEqual([{ type: 7, payload: Buffer.from('abc') }]);
  });

  it('makes frames of any bytes or throws a ProtocolError, and holds less than one frame in between', () => {
    const garbage = fc.oneof(
      bytes({ maxLength: 300 }),
      // Lengths that are right are rare among random bytes.
      fc
        .array(fc.tuple(fc.integer({ min: 0, max: 70_000 }), bytes({ maxLength: 100 })), { maxLength: 8 })
        .map((parts) =>
          Buffer.concat(parts.flatMap(([length, rest]) => [new PayloadWriter().u32(length).payload(), rest])),
        ),
    );
    fc.assert(
      fc.property(garbage, sizes, (stream, sizes) => {
        const reader = new FrameReader();
        let consumed = 0;
        let given = 0;
        try {
          for (const piece of cut(stream, sizes)) {
            consumed += piece.length;
            for (const { payload } of reader.push(piece)) given += HEADER_BYTES + payload.length;
            // Nothing is lost, invented or hoarded.
            expect(reader.pendingBytes).toBe(consumed - given);
            expect(reader.pendingBytes).toBeLessThan(HEADER_BYTES + MAX_PAYLOAD_BYTES);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([0, MAX_PAYLOAD_BYTES + 2, 0x7fff_ffff, 0xffff_ffff])('refuses the length %i at once', (length) => {
    const header = new PayloadWriter().u32(length).payload();
    expect(() => [...new FrameReader().push(header)]).toThrow(new ProtocolError(`frame length ${length}`));
  });

  it('takes the largest and the smallest frame', () => {
    for (const size of [0, MAX_PAYLOAD_BYTES]) {
      const [read] = new FrameReader().push(encodeFrame(1, Buffer.alloc(size)));
      expect(read?.payload.length).toBe(size);
    }
  });
});

describe('encoding a frame', () => {
  it('puts length and type before the payload', () => {
    expect(encodeFrame(0x44, Buffer.from('abc')).toString('hex')).toBe('0400000044616263');
    expect(encodeFrame(0x43, Buffer.alloc(0)).toString('hex')).toBe('0100000043');
  });

  it('refuses a payload that is too large', () => {
    expect(() => encodeFrame(1, Buffer.alloc(MAX_PAYLOAD_BYTES + 1))).toThrow(ProtocolError);
  });
});

/** A field of a payload: how it is written, how read, and what is to come back. */
type Field = readonly [
  write: (writer: PayloadWriter) => void,
  read: (reader: PayloadReader) => unknown,
  value: unknown,
];

/** Text without NUL and without halves of surrogate pairs, which UTF-8 cannot carry. */
const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.nat(0xff).map((v): Field => [(w) => w.u8(v), (r) => r.u8(), v]),
  fc.nat(0xffff).map((v): Field => [(w) => w.u16(v), (r) => r.u16(), v]),
  fc.nat(0xffff_ffff).map((v): Field => [(w) => w.u32(v), (r) => r.u32(), v]),
  fc.maxSafeNat().map((v): Field => [(w) => w.u64(v), (r) => r.u64(), v]),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((v): Field => [(w) => w.u64(v), (r) => r.u64(), Number(v)]),
  bytes().map((v): Field => [(w) => w.bytes(v), (r) => r.bytes(), v]),
  text.map((v): Field => [(w) => w.str(v), (r) => r.str(), v]),
  fc
    .array(text)
    .map((v): Field => [(w) => w.list(v), (r) => Array.from({ length: r.u32() }, () => r.str()), v]),
);

describe('a payload', () => {
  it('gives any sequence of fields back, then ends', () => {
    fc.assert(
      fc.property(fc.array(field), bytes(), (fields, rest) => {
        const writer = new PayloadWriter();
        for (const [write] of fields) write(writer);
        const reader = new PayloadReader(writer.rest(rest).payload());
        for (const [, read, value] of fields) expect(read(reader)).toEqual(value);
        expect(reader.rest()).toEqual(rest);
        reader.end();
      }),
      { numRuns: 500 },
    );
  });

  it('that is cut short anywhere is refused, and so is one with a byte more', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), fc.nat(), (fields, seed) => {
        const writer = new PayloadWriter();
        for (const [write] of fields) write(writer);
        const whole = writer.payload();
        const readAll = (payload: Buffer): void => {
          const reader = new PayloadReader(payload);
          for (const [, read] of fields) read(reader);
          reader.end();
        };
        readAll(whole);
        expect(() => readAll(whole.subarray(0, seed % whole.length))).toThrow(ProtocolError);
        expect(() => readAll(Buffer.concat([whole, Buffer.alloc(1)]))).toThrow(ProtocolError);
      }),
    );
  });

  it('with a count beyond its end is refused without an allocation of that size', () => {
    const reader = new PayloadReader(new PayloadWriter().u32(0xffff_ffff).u8(1).payload());
    expect(() => reader.bytes()).toThrow(ProtocolError);
  });

  it('with NUL in a text is refused', () => {
    expect(() => new PayloadReader(new PayloadWriter().str('a\0b').payload()).str()).toThrow(ProtocolError);
  });
});

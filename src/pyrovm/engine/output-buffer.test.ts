import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputBuffer } from './output-buffer.ts';

const chunks = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    fc.nat(3000).map((size) => new Uint8Array(size).fill(size)),
  ),
  { maxLength: 20 },
);

describe('an output buffer', () => {
  it('holds the first bytes of any output up to its cap, and says whether that was all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(100), fc.nat(10_000)), chunks, (limit, chunks) => {
        const buffer = new OutputBuffer(limit);
        for (const chunk of chunks) buffer.push(Buffer.from(chunk));
        const all = Buffer.concat(chunks);
        expect(buffer.bytes().equals(all.subarray(0, limit))).toBe(true);
        expect(buffer.truncated).toBe(all.length > limit);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps what it took when the source of it changes', () => {
    const buffer = new OutputBuffer(10);
    const source = Buffer.from('abc');
    buffer.push(source);
    source.fill('x');
    expect(buffer.bytes().toString()).toBe('abc');
  });

  it('gives a copy of its own size that later output does not change', () => {
    const buffer = new OutputBuffer(10);
    buffer.push(Buffer.from('abc'));
    const early = buffer.bytes();
    early.fill('x');
    buffer.push(Buffer.from('def'));
    expect([early.toString(), buffer.bytes().toString()]).toEqual(['xxx', 'abcdef']);
  });

  it('that is just full is not truncated; one byte more is', () => {
    const buffer = new OutputBuffer(3);
    buffer.push(Buffer.from('abc'));
    buffer.push(Buffer.alloc(0));
    expect(buffer.truncated).toBe(false);
    buffer.push(Buffer.from('d'));
    expect([buffer.truncated, buffer.bytes().toString()]).toEqual([true, 'abc']);
  });
});

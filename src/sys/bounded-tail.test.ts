import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedTail } from './bounded-tail.ts';

/** The same, said as plainly as possible. */
function naive(chunks: readonly Uint8Array[], limit: number): string {
  const all = Buffer.concat(chunks);
  const text = all.subarray(Math.max(0, all.length - limit)).toString('utf8');
  // Control characters are single units, so units may be looked at one by one.
  return text
    .split('')
    .filter((c) => c === '\n' || c === '\t' || !isControl(c.charCodeAt(0)))
    .join('');
}

/** Unicode's category Cc. */
function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

const limit = fc.integer({ min: 0, max: 40 });
const text = fc.string({ unit: 'binary', maxLength: 60 }).map((s) => new Uint8Array(Buffer.from(s)));
const chunk = fc.oneof(fc.uint8Array({ maxLength: 100 }), text);

describe('a bounded tail', () => {
  it('holds the last bytes of any stream in any chunking', () => {
    fc.assert(
      fc.property(limit, fc.array(chunk, { maxLength: 30 }), (limit, chunks) => {
        const tail = new BoundedTail(limit);
        for (const bytes of chunks) tail.push(Buffer.from(bytes));
        expect(tail.text()).toBe(naive(chunks, limit));
      }),
      { numRuns: 1000 },
    );
  });

  it('may be read in between', () => {
    fc.assert(
      fc.property(limit, fc.array(chunk, { maxLength: 20 }), (limit, chunks) => {
        const tail = new BoundedTail(limit);
        for (const [index, bytes] of chunks.entries()) {
          tail.push(Buffer.from(bytes));
          expect(tail.text()).toBe(naive(chunks.slice(0, index + 1), limit));
        }
      }),
    );
  });

  it('holds the last bytes of a stream of thousands of single bytes', () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => 0x61 + (i % 26)));
    const tail = new BoundedTail(3000);
    for (let i = 0; i < bytes.length; i++) tail.push(bytes.subarray(i, i + 1));
    expect(tail.text()).toBe(bytes.subarray(2000).toString());
  });

  it('is empty at first', () => {
    expect(new BoundedTail(10).text()).toBe('');
  });

  it('drops what could drive a terminal, and keeps lines and tabs', () => {
    const tail = new BoundedTail(100);
    tail.push(Buffer.from('a\u001B[31mred\u0007\r\n\tb\u0000\u007F\u009B0mé'));
    expect(tail.text()).toBe('a[31mred\n\tb0mé');
  });
});

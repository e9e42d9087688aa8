import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeOutput } from './output.ts';

/** Bytes that are often nearly UTF-8. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => new Uint8Array(Buffer.from(text))),
      fc.constantFrom(0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xc2, 0x80, 0xbf).map((byte) => Uint8Array.of(byte)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

function isValid(buffer: Buffer, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(buffer, { stream });
    return true;
  } catch {
    return false;
  }
}

describe('encodeOutput', () => {
  it('decodes any bytes as Buffer does and says whether it had to replace some', () => {
    fc.assert(
      fc.property(bytes, (buffer) => {
        expect(encodeOutput(buffer, false, 'utf8')).toEqual({
          text: buffer.toString('utf8'),
          invalidUtf8: !isValid(buffer, false),
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('drops of a truncated stream just what a streaming decoder would keep back', () => {
    fc.assert(
      fc.property(bytes, (buffer) => {
        expect(encodeOutput(buffer, true, 'utf8')).toEqual({
          text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(buffer, { stream: true }),
          invalidUtf8: !isValid(buffer, true),
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('gives every prefix of valid text as valid text', () => {
    const whole = Buffer.from('aé€😀z');
    for (let length = 0; length <= whole.length; length++) {
      const { text, invalidUtf8 } = encodeOutput(whole.subarray(0, length), true, 'utf8');
      expect('aé€😀z'.startsWith(text)).toBe(true);
      expect(invalidUtf8).toBe(false);
    }
  });

  it('keeps white space, NUL and a byte order mark', () => {
    const text = '\ufeff \n\0\r\n ';
    expect(encodeOutput(Buffer.from(text), false, 'utf8')).toEqual({ text, invalidUtf8: false });
  });

  it('carries any bytes exactly in base64', () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), (buffer, truncated) => {
        const { text, invalidUtf8 } = encodeOutput(buffer, truncated, 'base64');
        expect(Buffer.from(text, 'base64')).toEqual(buffer);
        expect(invalidUtf8).toBe(false);
      }),
    );
  });
});

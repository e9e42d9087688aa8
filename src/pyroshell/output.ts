import { isUtf8 } from 'node:buffer';
import type { OutputEncoding } from './contract.ts';

export interface EncodedOutput {
  readonly text: string;
  /** True when bytes that are not UTF-8 became U+FFFD; never for base64, which is exact. */
  readonly invalidUtf8: boolean;
}

/**
 * Output bytes as a JSON string; nothing is trimmed.
 * @param truncated the bytes were cut at a limit: a UTF-8 sequence that the cut left incomplete is dropped, since it is
 *   no fault of the program.
 */
export function encodeOutput(bytes: Buffer, truncated: boolean, encoding: OutputEncoding): EncodedOutput {
  if (encoding === 'base64') return { text: bytes.toString('base64'), invalidUtf8: false };
  const whole = truncated ? withoutCutSequence(bytes) : bytes;
  return { text: whole.toString('utf8'), invalidUtf8: !isUtf8(whole) };
}

function withoutCutSequence(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const tail = bytes.subarray(bytes.length - back);
    const lead = tail[0] ?? 0;
    const missing = sequenceLength(lead) - back;
    if (missing > 0 && canBecomeValid(tail, missing)) return bytes.subarray(0, bytes.length - back);
    if (!isContinuation(lead)) return bytes;
  }
  return bytes;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** Some leads allow only low continuation bytes next and some only high ones, so both ends are tried. */
function canBecomeValid(tail: Buffer, missing: number): boolean {
  return [0x80, 0xbf].some((byte) => isUtf8(Buffer.concat([tail, Buffer.alloc(missing, byte)])));
}

import type { FileHandle } from 'node:fs/promises';

const NEWLINE = 0x0a;

export interface Tail {
  /** The last lines, without their newlines, oldest first. */
  readonly lines: string[];
  /** Offset behind the last newline: where a follower goes on. */
  readonly end: number;
}

/**
 * Reads the last `count` lines of a file backwards in pieces of `chunkBytes`, so that the cost depends on the lines and
 * not on the file. What stands behind the last newline counts as a line only with `partial`.
 */
export async function lastLines(
  file: FileHandle,
  count: number,
  { partial, chunkBytes = 64 * 1024 }: { partial: boolean; chunkBytes?: number },
): Promise<Tail> {
  const { size } = await file.stat();
  const chunks: Buffer[] = [];
  let newlines = 0;
  let position = size;
  // One newline more than lines: it ends the line before the first one wanted; and the last line's own.
  while (position > 0 && newlines < count + 1) {
    const length = Math.min(chunkBytes, position);
    const chunk = await readAt(file, position - length, length);
    // Truncated meanwhile: what was read so far no longer exists.
    if (chunk.length < length) return { lines: [], end: 0 };
    position -= length;
    chunks.push(chunk);
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) newlines += 1;
  }
  const bytes = Buffer.concat(chunks.reverse());
  const afterLast = bytes.lastIndexOf(NEWLINE) + 1;
  const lines = bytes.subarray(0, afterLast).toString().split('\n');
  // The text ends with a newline or is empty: either way the last piece is no line.
  lines.pop();
  const rest = bytes.subarray(afterLast).toString();
  if (partial && rest !== '') lines.push(rest);
  return { lines: count === 0 ? [] : lines.slice(-count), end: position + afterLast };
}

/** Up to `length` bytes from `offset`; fewer at the end of the file. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

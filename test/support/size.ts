/** Whether the long tests run at full size: `TVM_FULL=1`. */
export const isFull = process.env['TVM_FULL'] === '1';

/** One of two sizes of a test; the smaller one is announced, so that nobody takes it for the whole. */
export function sizeOf<T>(what: string, short: T, full: T): T {
  if (!isFull) process.stdout.write(`${what}: ${String(short)}; TVM_FULL=1 for ${String(full)}\n`);
  return isFull ? full : short;
}

import { createReadStream } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { messageOf } from '../errors.ts';
import { failure } from './failure.ts';

/**
 * Reads a file, or standard input for `-`, as UTF-8 text; a byte order mark stays.
 * @param what names it in errors, such as `stdin`
 * @throws TvmError `invalid_request` when it cannot be read, is longer than `maxBytes` or is not UTF-8; the reason of
 *   `signal` when that aborts
 */
export async function readText(
  path: string,
  { what, maxBytes, signal }: { what: string; maxBytes: number; signal: AbortSignal },
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const name = path === '-' ? 'standard input' : path;
  try {
    const stream = path === '-' ? process.stdin : createReadStream(path, { end: maxBytes });
    // An abort must also end the wait for a pipe or a terminal that says nothing.
    signal.addEventListener('abort', () => stream.destroy(), { once: true });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw failure(`${what}: cannot read ${name}: ${reasonOf(error)}`, {
      code: 'invalid_request',
      remedy: 'Name a file that can be read.',
      cause: error,
    });
  }
  signal.throwIfAborted();
  if (size > maxBytes) {
    throw failure(`${what}: ${name} is longer than ${maxBytes.toLocaleString('en-US')} bytes`, {
      code: 'invalid_request',
      remedy: 'Use a shorter one.',
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw failure(`${what}: ${name} is not valid UTF-8`, {
      code: 'invalid_request',
      remedy: 'Convert it to UTF-8; binary data can be passed as base64, for example.',
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? error.errno : undefined;
  return (typeof errno === 'number' ? getSystemErrorMap().get(errno)?.[1] : undefined) ?? messageOf(error);
}

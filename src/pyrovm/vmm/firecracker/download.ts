import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { messageOf } from '../../../errors.ts';
import { linkAbort } from '../../../sys/linked-abort.ts';

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** More is refused. */
  readonly maxBytes: number;
  /** Longest download as a whole, in ms. */
  readonly timeoutMs: number;
  /** Longest silence of the server, in ms. */
  readonly stallMs: number;
}

/**
 * Gets a file over HTTP, through the proxy that the environment names, and follows redirections. What it wrote before it
 * failed is left to the caller.
 * @throws Error with the reason in a few words; the signal's reason on abort
 */
export async function download(url: string, target: string, options: DownloadOptions): Promise<void> {
  const { signal, maxBytes, timeoutMs, stallMs } = options;
  const deadline = AbortSignal.timeout(timeoutMs);
  using linked = linkAbort(signal, deadline);
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: stallMs },
    headersTimeout: stallMs,
    bodyTimeout: stallMs,
  });
  try {
    const reply = await fetch(url, { dispatcher, signal: linked.signal });
    if (!reply.ok || !reply.body) {
      await reply.body?.cancel();
      throw new Error(`the server answers ${reply.status}`);
    }
    await pipeline(Readable.fromWeb(reply.body), atMost(maxBytes), createWriteStream(target), {
      signal: linked.signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) throw new Error(`it takes longer than ${timeoutMs / 1000} s`, { cause: error });
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    // The connection of a body that was not read to its end would stay.
    await dispatcher.destroy();
  }
}

function atMost(maxBytes: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      size += chunk.length;
      if (size > maxBytes) done(new Error(`it is larger than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
}

/** `fetch` says "fetch failed" or "terminated"; the reason is the innermost cause. */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return messageOf(inner);
}

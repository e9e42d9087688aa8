/**
 * Waits for `work`, at most `timeoutMs` and no longer than until `signal` aborts; its timer never outlives it.
 * The work itself is not stopped: its owner must be disposed by the caller.
 * @throws what `onTimeout` returns after the deadline; the signal's reason on abort; else what `work` throws.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  timeoutMs: number,
  signal: AbortSignal,
  onTimeout: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    signal.throwIfAborted();
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(onTimeout()), timeoutMs);
        onAbort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', onAbort, { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
    // The loser of the race may still reject: nobody waits for it any more.
    work.catch(() => {});
  }
}

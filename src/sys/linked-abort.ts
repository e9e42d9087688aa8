/** A signal that aborts when any of its sources does. */
export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Links signals. Unlike AbortSignal.any it lets go of its sources when disposed: a source that lives as long as the
 * process would otherwise collect a listener per request.
 */
export function linkAbort(...sources: readonly AbortSignal[]): LinkedAbort {
  const controller = new AbortController();
  const listeners = sources.map((source) => {
    const onAbort = (): void => controller.abort(source.reason);
    if (source.aborted) onAbort();
    source.addEventListener('abort', onAbort, { once: true });
    return () => source.removeEventListener('abort', onAbort);
  });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const remove of listeners) remove();
    },
  };
}

import { exitCodeOfSignal } from './exit-codes.ts';

/** The user's or supervisor's wish to end, for the whole run of a command. */
export interface Interrupt {
  /** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
  readonly signal: AbortSignal;
  /** 130 or 143 once interrupted. */
  exitCode(): number | undefined;
}

export function listenForInterrupts(): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (exitCode !== undefined) process.exit(exitCodeOfSignal(name));
      exitCode = exitCodeOfSignal(name);
      controller.abort();
    });
  }
  return { signal: controller.signal, exitCode: () => exitCode };
}

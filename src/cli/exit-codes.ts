import { ERROR_CATALOGUE } from '../errors.ts';
import type { TvmError } from '../errors.ts';

/** Exit codes of the command line; docs/cli.md lists them. `run` otherwise exits with the program's own. */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** `status`: the record names a process that is gone. */
  stale: 1,
  /** The command line, the configuration or the program handed in cannot be accepted. */
  usage: 2,
  /** `status`: nothing runs. */
  stopped: 3,
  /** `status`: a process runs and does not answer as healthy. */
  unhealthy: 4,
  /** `run`: the program exceeded its time limit. */
  timeout: 124,
  /** `run`: TVM failed before the program could run, or lost it. */
  notRun: 125,
} as const;

/** Exit code of a process that ended on a signal's behalf. */
export function exitCodeOfSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): number {
  return 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal];
}

/** Exit code for an error: usage when the caller can correct it, else `failure`, which `run` sets to 125. */
export function exitCodeOfError(error: TvmError, failure: number = EXIT.failure): number {
  if (error.code === 'config_invalid') return EXIT.usage;
  return ERROR_CATALOGUE[error.code].fault === 'client' ? EXIT.usage : failure;
}

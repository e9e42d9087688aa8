import { messageOf, TvmError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { exitCodeOfError } from './exit-codes.ts';

/** What a failed command prints and returns. */
export interface Failure {
  readonly message: string;
  readonly remedy: string;
  readonly exitCode: number;
}

/**
 * An error whose remedy or exit code is more exact than its catalogue entry's. They travel in the error's context, which
 * clients of the API never see.
 */
export function failure(
  message: string,
  exact: { code?: ErrorCode; remedy?: string; exitCode?: number; cause?: unknown } = {},
): TvmError {
  const { code = 'host_unready', cause, ...context } = exact;
  return new TvmError(code, message, { cause, context });
}

/** Reads what to print of anything thrown; `failed` is the exit code when the fault is not the caller's. */
export function failureOf(error: unknown, failed?: number): Failure {
  if (!(error instanceof TvmError)) {
    return {
      message: `internal error: ${messageOf(error)}`,
      remedy: 'Repeat the command; --log-level debug adds the stack where it is accepted.',
      exitCode: failed ?? 1,
    };
  }
  const { remedy, exitCode } = error.context;
  return {
    message: error.message,
    remedy: typeof remedy === 'string' ? remedy : error.remedy,
    exitCode: typeof exitCode === 'number' ? exitCode : exitCodeOfError(error, failed),
  };
}

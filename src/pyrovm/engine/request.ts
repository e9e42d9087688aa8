import { TvmError } from '../../errors.ts';
import { findLanguage, resolveRuntime } from '../../runtimes/catalogue.ts';
import type { Runtime } from '../../runtimes/catalogue.ts';
import { DEFAULT_LIMITS, resolveLimits } from '../../runtimes/limits.ts';
import type { ExecutionLimits } from '../../runtimes/schema.ts';
import type { RuntimeId } from '../../runtimes/schema.ts';
import type { ExecutionInput } from './execution.ts';

/** Bytes of all args together: they share one frame of the guest protocol (64 KiB) with the environment. */
export const MAX_ARGS_BYTES = 32 * 1024;

/** What an arg costs in that frame beside its bytes. */
const ARG_OVERHEAD_BYTES = 4;

/** An execution with every choice made. */
export interface ExecutionRequest {
  readonly requestId: string;
  readonly runtime: Runtime;
  readonly limits: ExecutionLimits;
  readonly code: Buffer;
  readonly stdin: Buffer;
  readonly args: readonly string[];
}

/**
 * Completes and checks an execution.
 * @throws TvmError `unknown_language`, `runtime_not_installed`, `limit_out_of_range`, `invalid_request`
 */
export function resolveRequest(
  input: ExecutionInput,
  isInstalled: (id: RuntimeId) => boolean,
): ExecutionRequest {
  const language = findLanguage(input.language);
  const limits = resolveLimits(language, input.limits, {
    ...DEFAULT_LIMITS,
    timeoutMs: input.defaultTimeoutMs ?? DEFAULT_LIMITS.timeoutMs,
  });
  const args = input.args ?? [];
  const argsBytes = args.reduce((sum, arg) => sum + Buffer.byteLength(arg) + ARG_OVERHEAD_BYTES, 0);
  if (argsBytes > MAX_ARGS_BYTES) {
    throw new TvmError('invalid_request', `args: ${argsBytes} bytes in all; allowed are ${MAX_ARGS_BYTES}`);
  }
  return {
    requestId: input.requestId,
    runtime: resolveRuntime(language, input.languageVersion, isInstalled),
    limits,
    code: Buffer.from(input.code, 'utf8'),
    stdin: input.stdin ?? Buffer.alloc(0),
    args,
  };
}

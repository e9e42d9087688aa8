import { TvmError } from '../errors.ts';
import type { ExecutionLimits, Language } from './schema.ts';

/** Defaults of the TVM usage guide. */
export const DEFAULT_LIMITS: ExecutionLimits = { timeoutMs: 5000, memoryMb: 128, cpuCount: 1 };

/** Least values that let a program start at all. */
export const LEAST_LIMITS: ExecutionLimits = { timeoutMs: 1, memoryMb: 16, cpuCount: 1 };

/**
 * Completes the limits of a request. A default above the language's cap is lowered to it; a value that the client named
 * is never changed but refused.
 * @throws TvmError `limit_out_of_range` naming the field, the range and the language.
 */
export function resolveLimits(
  language: Language,
  requested: { [K in keyof ExecutionLimits]?: number | undefined },
  defaults: ExecutionLimits = DEFAULT_LIMITS,
): ExecutionLimits {
  const { maxTimeoutMs, maxMemoryMb, maxCpuCount } = language.limits;
  const resolve = (key: keyof ExecutionLimits, field: string, cap: number): number => {
    const value = requested[key];
    if (value === undefined) return Math.min(defaults[key], cap);
    if (value >= LEAST_LIMITS[key] && value <= cap) return value;
    throw new TvmError(
      'limit_out_of_range',
      `${field}: ${value} is out of range; allowed for ${language.name}: ${LEAST_LIMITS[key]} to ${cap}`,
    );
  };
  return {
    timeoutMs: resolve('timeoutMs', 'timeout_ms', maxTimeoutMs),
    memoryMb: resolve('memoryMb', 'memory_mb', maxMemoryMb),
    cpuCount: resolve('cpuCount', 'cpu_count', maxCpuCount),
  };
}

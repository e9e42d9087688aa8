import type { Logger } from '../../observability/log.ts';
import type { MachineOrigin } from '../pool/supply.ts';
import type { ExecutionTimings } from './execution.ts';
import type { ExecutionRequest } from './request.ts';
import type { StageResult } from './stage.ts';

/** An execution that came to a result. */
export interface ExecutionRecord {
  readonly request: ExecutionRequest;
  readonly stage: StageResult;
  readonly timings: ExecutionTimings;
  readonly machine: MachineOrigin;
  readonly vmId: string;
}

/** Writes the one line that an execution leaves in the log: sizes and times, never code, input or output. */
export function logExecution(
  logger: Logger,
  { request, stage, timings, machine, vmId }: ExecutionRecord,
): void {
  logger.info(
    {
      request_id: request.requestId,
      vm_id: vmId,
      machine,
      runtime: request.runtime.id,
      ...request.limits,
      status: stage.status,
      exit_code: stage.exitCode,
      signal: stage.signal,
      code_bytes: request.code.length,
      stdin_bytes: request.stdin.length,
      stdout_bytes: stage.stdout.length,
      stderr_bytes: stage.stderr.length,
      execution_time_ms: Math.round(stage.executionTimeMs),
      host_reason: stage.hostReason,
      timings: Object.fromEntries(
        Object.entries(timings).map(([phase, ms]: [string, number]) => [phase, Math.round(ms)]),
      ),
    },
    'execution',
  );
}

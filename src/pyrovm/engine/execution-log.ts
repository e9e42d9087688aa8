import type { Logger } from '../../observability/log.ts';
import type { MachineOrigin } from '../pool/supply.ts';
import type { ExecutionTimings } from './execution.ts';
import type { ExecutionRequest } from './request.ts';
import type { ProgramResult } from './program.ts';

/** An execution that came to a result. */
export interface ExecutionRecord {
  readonly request: ExecutionRequest;
  readonly program: ProgramResult;
  readonly timings: ExecutionTimings;
  readonly machine: MachineOrigin;
  readonly vmId: string;
}

/** Writes the one line that an execution leaves in the log: sizes and times, never code, input or output. */
export function logExecution(
  logger: Logger,
  { request, program, timings, machine, vmId }: ExecutionRecord,
): void {
  logger.info(
    {
      request_id: request.requestId,
      vm_id: vmId,
      machine,
      runtime: request.runtime.id,
      ...request.limits,
      status: program.status,
      exit_code: program.exitCode,
      signal: program.signal,
      code_bytes: request.code.length,
      stdin_bytes: request.stdin.length,
      stdout_bytes: program.stdout.length,
      stderr_bytes: program.stderr.length,
      ...(program.compile && {
        compile_status: program.compile.status,
        compile_time_ms: Math.round(program.compile.executionTimeMs),
      }),
      execution_time_ms: Math.round(program.executionTimeMs),
      host_reason: program.hostReason,
      timings: Object.fromEntries(
        Object.entries(timings).map(([phase, ms]: [string, number]) => [phase, Math.round(ms)]),
      ),
    },
    'execution',
  );
}

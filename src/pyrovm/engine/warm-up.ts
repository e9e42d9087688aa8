import { TvmError } from '../../errors.ts';
import { parseRuntimeId } from '../../runtimes/catalogue.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineShape } from '../template/shape.ts';
import type { ExecutionRequest } from './request.ts';
import { runProgram, sendSource } from './program.ts';
import type { StageLimits } from './stage.ts';

/** Longest time for the warm-up program of a new clone, in ms. */
const WARM_UP_TIMEOUT_MS = 60_000;

/** Runs a small program of TVM's own in a new clone, so that pages are loaded and code is translated. @throws TvmError */
export async function warmUp(machine: Machine, shape: MachineShape, limits: StageLimits): Promise<void> {
  const runtime = parseRuntimeId(shape.runtime);
  const { memoryMb, cpuCount } = shape;
  const request: ExecutionRequest = {
    requestId: 'warm-up',
    runtime,
    limits: { memoryMb, cpuCount, timeoutMs: WARM_UP_TIMEOUT_MS },
    code: Buffer.from(runtime.commands.warmUp),
    stdin: Buffer.alloc(0),
    args: [],
  };
  sendSource(machine, request);
  const { status, exitCode, stderr } = await runProgram(machine, request, limits);
  if (status !== 'ok')
    throw new TvmError('vm_failed', `the warm-up ended with ${status} (${exitCode})`, {
      context: { stderr: stderr.toString('utf8').slice(0, 500) },
    });
}

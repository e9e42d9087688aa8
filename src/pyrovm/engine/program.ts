import { wallClockNs } from '../machine/machine.ts';
import type { Machine } from '../machine/machine.ts';
import { commandOf } from '../template/command.ts';
import { ProgramStartFailure } from '../agent/client.ts';
import type { ExecutionStatus } from './execution.ts';
import type { ExecutionRequest } from './request.ts';
import { runStage } from './stage.ts';
import type { StageLimits, StageResult } from './stage.ts';

const SOURCE_MODE = 0o644;

const NO_PROGRAM = 'tvm: the compiler ended well but left no program that can be run\n';

/** What became of a source. */
export interface ProgramResult extends Omit<StageResult, 'status'> {
  readonly status: ExecutionStatus;
  /** The stage before, of a language that has it. */
  readonly compile: StageResult | undefined;
}

type ProgramMachine = Pick<Machine, 'agent' | 'waiting'>;

/**
 * Puts the source into the guest, and the time: the machine may have waited long, and the host's clock may have jumped
 * meanwhile. A failure surfaces in {@link runProgram}.
 */
export function sendSource(machine: ProgramMachine, request: ExecutionRequest): void {
  machine.agent.setClock(wallClockNs());
  machine.agent.putFile(request.runtime.language.fileName, SOURCE_MODE, request.code);
}

/**
 * Makes a program of the source that the guest has, if its language needs that, and runs it.
 * @throws as {@link runStage}
 */
export async function runProgram(
  machine: ProgramMachine,
  request: ExecutionRequest,
  limits: StageLimits,
): Promise<ProgramResult> {
  const { runtime, args, stdin } = request;
  const { commands } = runtime;
  const run = {
    command: commandOf(commands, [...commands.run(request.limits), ...args]),
    limits: request.limits,
    stdin,
  };
  if (!commands.compile) {
    // What waits was started without args.
    const command = machine.waiting && args.length === 0 ? undefined : run.command;
    return { ...(await runStage(machine, { ...run, command }, limits)), compile: undefined };
  }

  const compile = await runStage(
    machine,
    {
      command: machine.waiting ? undefined : commandOf(commands, commands.compile.command),
      limits: { ...commands.compile.limits, cpuCount: request.limits.cpuCount },
      stdin: Buffer.alloc(0),
    },
    limits,
  );
  if (compile.status !== 'ok') return notCompiled(compile, compile.stderr);
  try {
    return { ...(await runStage(machine, run, limits)), compile };
  } catch (error) {
    // For example of a source that asks for a library.
    if (error instanceof ProgramStartFailure) {
      const diagnostics = Buffer.concat([compile.stderr, Buffer.from(NO_PROGRAM)]);
      return { ...notCompiled(compile, diagnostics), hostReason: error.message };
    }
    throw error;
  }
}

/** There is no output of the program: who reads only that finds the diagnostics in its stead. */
function notCompiled(compile: StageResult, diagnostics: Buffer): ProgramResult {
  return {
    ...compile,
    status: compile.status === 'killed' ? 'killed' : 'compile_error',
    // A compiler that was stopped at a limit of its own, or left nothing, has not succeeded.
    exitCode: compile.exitCode || 1,
    stdout: Buffer.alloc(0),
    stdoutTruncated: false,
    stderr: diagnostics.length > 0 ? diagnostics : compile.stdout,
    stderrTruncated: diagnostics.length > 0 ? compile.stderrTruncated : compile.stdoutTruncated,
    executionTimeMs: 0,
    cpuTimeMs: 0,
    memoryPeakBytes: 0,
    compile,
  };
}

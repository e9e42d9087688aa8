import { parseRuntimeId } from '../../runtimes/catalogue.ts';
import { COMMON_ENVIRONMENT, WORKSPACE } from '../../runtimes/schema.ts';
import type { Commands } from '../../runtimes/schema.ts';
import { DEFAULT_LIMITS } from '../../runtimes/limits.ts';
import type { Command, PrepareMessage } from '../agent/messages.ts';
import type { MachineShape } from './shape.ts';

const MIB = 1024 * 1024;

/** Open files that a process may have. */
export const OPEN_FILES = 1024;

/** A command with everything that surrounds it. */
export function commandOf(
  commands: Commands,
  argv: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Command {
  const environment = { ...COMMON_ENVIRONMENT, ...commands.environment, ...more };
  return {
    argv,
    environment: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    cwd: WORKSPACE,
  };
}

/** Bytes that all writable file systems of a machine hold together. */
export function scratchBytes(shape: MachineShape): number {
  return (shape.memoryMb * MIB) / 2;
}

/** What waits in a template of this shape, if anything: the first stage of its programs. Its limits hold until the program's own are known. */
export function preparation(shape: MachineShape): PrepareMessage | undefined {
  const { commands } = parseRuntimeId(shape.runtime);
  const { compile, run, waiting } = commands;
  return (
    waiting && {
      ...commandOf(commands, compile?.command ?? run(DEFAULT_LIMITS), waiting.environment),
      gate: waiting.gate,
      count: waiting.count,
      scratchBytes: scratchBytes(shape),
      limits: {
        timeoutMs: 0,
        memoryBytes: shape.memoryMb * MIB,
        maxProcesses: OPEN_FILES,
        outputBytes: MIB,
        fileBytes: shape.memoryMb * MIB,
        openFiles: OPEN_FILES,
      },
    }
  );
}

import { existsSync } from 'node:fs';
import { runTool } from '../sys/process.ts';

/** An interpreter of the host. */
export interface Interpreter {
  readonly path: string;
  readonly version: string;
}

const SYSTEM_PYTHON = '/usr/bin/python3';

/**
 * The host's interpreter of a language: the program itself, not a script in front of it such as pyenv's, which takes
 * longer than what it starts.
 * @throws TvmError when there is none
 */
export async function hostInterpreter(
  language: string,
  signal: AbortSignal,
): Promise<Interpreter | undefined> {
  switch (language) {
    case 'python': {
      const path = existsSync(SYSTEM_PYTHON) ? SYSTEM_PYTHON : await resolvePython(signal);
      return { path, version: (await runTool([path, '--version'], { signal })).trim() };
    }
    case 'javascript':
      return { path: process.execPath, version: `Node.js ${process.version}` };
    default:
      return undefined;
  }
}

async function resolvePython(signal: AbortSignal): Promise<string> {
  const code = 'import sys; print(getattr(sys, "_base_executable", None) or sys.executable)';
  return (await runTool(['python3', '-c', code], { signal })).trim();
}

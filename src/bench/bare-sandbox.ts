import { TvmError } from '../errors.ts';
import { runTool } from '../sys/process.ts';
import { hostInterpreter } from './interpreters.ts';
import type { Interpreter } from './interpreters.ts';
import { GREETING, PROGRAMS } from './programs.ts';

/** bubblewrap without any virtual machine, for scale: the same program on the host's interpreter. */
export interface BareSandbox {
  readonly interpreter: Interpreter;
  /** @returns ms from the start to the end of the sandbox */
  run(signal: AbortSignal): Promise<number>;
}

/** What a careful service would give: name spaces, a read-only view, no capabilities, an empty environment. */
const SANDBOX = [
  'bwrap',
  ...['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
  ...['--clearenv', '--setenv', 'PATH', '/usr/bin:/bin'],
  // All of it: an interpreter may lie anywhere.
  ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--chdir', '/tmp'],
  '--',
] as const;

/** @throws TvmError when the host lacks bubblewrap or the interpreter */
export async function openBareSandbox(
  language: string,
  signal: AbortSignal,
): Promise<BareSandbox | undefined> {
  const interpreter = await hostInterpreter(language, signal);
  const code = PROGRAMS[language]?.hello;
  if (!interpreter || code === undefined) return undefined;
  const flag = language === 'python' ? '-c' : '-e';
  const run = async (signal: AbortSignal): Promise<number> => {
    const startedAt = performance.now();
    const printed = await runTool([...SANDBOX, interpreter.path, flag, code], { signal });
    if (printed !== GREETING) throw new TvmError('internal', 'the bare sandbox printed something else');
    return performance.now() - startedAt;
  };
  await run(signal);
  return { interpreter, run };
}

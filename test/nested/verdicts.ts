import { findProgram } from '../../src/sys/process.ts';
import type { TestMessage } from './report.ts';
import { runSession } from './session.ts';
import type { SessionResult } from './session.ts';

/** Longest session, in minutes, and how much longer it may be with Firecracker; one whose machine is kept has no limit. */
const DEADLINE_MINUTES = 15;
const FIRECRACKER_MINUTES = 10;

/** What is always tested, and what only with a Firecracker: files in `inside/`. */
const SUITES = ['qemu', 'http-qemu'];
const FIRECRACKER_SUITES = ['firecracker', 'http-firecracker'];

/** What can be given to the machine, and the variables that name it. */
const PROGRAMS = { firecracker: 'TVM_FIRECRACKER_BIN', jailer: 'TVM_JAILER_BIN' } as const;

export type Verdict = Pick<TestMessage, 'name' | 'state' | 'message'>;

/**
 * Runs a session as the environment asks: `TVM_FIRECRACKER_BIN` adds Firecracker, `TVM_JAILER_BIN` its jailer, `NESTED_SUITES` names the suites,
 * `NESTED_KEEP=1` keeps the machine.
 * @returns how each test in the machine ended, and whether the machine ran them all
 */
export async function nestedVerdicts(say: (line: string) => void): Promise<readonly Verdict[]> {
  if (process.arch !== 'x64') {
    const message = `the emulated machine is an x86-64 one, and this host is ${process.arch}`;
    say(`skipped: ${message}`);
    return [{ name: 'level 1', state: 'skipped', message }];
  }
  const { NESTED_SUITES: only, NESTED_KEEP: keep } = process.env;
  const programs: Record<string, string> = {};
  for (const [name, variable] of Object.entries(PROGRAMS)) {
    const wanted = process.env[variable];
    const path = wanted ? await findProgram(wanted) : undefined;
    if (path !== undefined) programs[name] = path;
    else if (wanted) throw new Error(`${variable}: ${wanted} is no program`);
    // Without Firecracker the jailer goes without saying.
    else if (name !== 'jailer' || 'firecracker' in programs)
      say(`${name} is not tested: ${variable} is not set`);
  }
  const withFirecracker = 'firecracker' in programs;
  const all = [...SUITES, ...(withFirecracker ? FIRECRACKER_SUITES : [])];
  const suites = only ? only.split(',') : all;
  const minutes = DEADLINE_MINUTES + (withFirecracker ? FIRECRACKER_MINUTES : 0);
  const signal = keep === '1' ? new AbortController().signal : AbortSignal.timeout(minutes * 60_000);
  const result = await runSession({ suites, programs, keep: keep === '1', say, signal });
  const message = faultOf(result, signal);
  const name = `level 1 ran ${suites.join(', ')} to the end`;
  return [
    ...result.tests,
    message === undefined ? { name, state: 'passed' } : { name, state: 'failed', message },
  ];
}

/** Single tests may all have passed, and yet not all have run. */
function faultOf({ tests, exitCode, consoleLog }: SessionResult, signal: AbortSignal): string | undefined {
  const see = `see ${consoleLog}`;
  if (signal.aborted) return `not done in time; ${see}`;
  if (exitCode === undefined) return `the machine ended without its last report; ${see}`;
  if (exitCode !== 0) return `the suites ended with code ${exitCode}; ${see}`;
  return tests.length === 0 ? `no test ran; ${see}` : undefined;
}

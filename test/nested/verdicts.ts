import { findProgram } from '../../src/sys/process.ts';
import type { TestMessage } from './report.ts';
import { runSession } from './session.ts';
import type { SessionResult } from './session.ts';

/** Longest session, in minutes; one whose machine is kept has no limit. */
const DEADLINE_MINUTES = 15;

/** What is always tested, and what only with a Firecracker: files in `inside/`. */
const SUITES = ['qemu', 'http-qemu'];
const FIRECRACKER_SUITES = ['firecracker', 'http-firecracker'];

export type Verdict = Pick<TestMessage, 'name' | 'state' | 'message'>;

/**
 * Runs a session as the environment asks: `TVM_FIRECRACKER_BIN` adds Firecracker, `NESTED_SUITES` names the suites,
 * `NESTED_KEEP=1` keeps the machine.
 * @returns how each test in the machine ended, and whether the machine ran them all
 */
export async function nestedVerdicts(say: (line: string) => void): Promise<readonly Verdict[]> {
  if (process.arch !== 'x64') {
    const message = `the emulated machine is an x86-64 one, and this host is ${process.arch}`;
    say(`skipped: ${message}`);
    return [{ name: 'level 1', state: 'skipped', message }];
  }
  const { TVM_FIRECRACKER_BIN: wanted, NESTED_SUITES: only, NESTED_KEEP: keep } = process.env;
  const firecracker = wanted ? await findProgram(wanted) : undefined;
  if (!wanted) say('Firecracker is not tested: TVM_FIRECRACKER_BIN is not set');
  else if (firecracker === undefined) throw new Error(`TVM_FIRECRACKER_BIN: ${wanted} is no program`);
  const all = [...SUITES, ...(firecracker === undefined ? [] : FIRECRACKER_SUITES)];
  const suites = only ? only.split(',') : all;
  const signal = keep === '1' ? new AbortController().signal : AbortSignal.timeout(DEADLINE_MINUTES * 60_000);
  const result = await runSession({ suites, firecracker, keep: keep === '1', say, signal });
  const message = faultOf(result, signal);
  const name = `level 1 ran ${suites.join(', ')} to the end`;
  return [
    ...result.tests,
    message === undefined ? { name, state: 'passed' } : { name, state: 'failed', message },
  ];
}

/** Single tests may all have passed, and yet not all have run. */
function faultOf(
  { tests, failedSuites, consoleLog }: SessionResult,
  signal: AbortSignal,
): string | undefined {
  const see = `see ${consoleLog}`;
  if (signal.aborted) return `not done within ${DEADLINE_MINUTES} minutes; ${see}`;
  if (failedSuites === undefined) return `the machine ended without its last report; ${see}`;
  if (failedSuites > 0) return `${failedSuites} suites failed; ${see}`;
  return tests.length === 0 ? `no test ran; ${see}` : undefined;
}

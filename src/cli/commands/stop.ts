import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../config/load.ts';
import { errnoOf } from '../../errors.ts';
import { isAlive } from '../../sys/process-identity.ts';
import type { CliContext } from '../context.ts';
import { clearStale, inspectDaemon } from '../daemon.ts';
import type { DaemonRecord } from '../daemon.ts';
import { EXIT } from '../exit-codes.ts';
import { failure } from '../failure.ts';

/** Time beyond the grace period for the rest of an orderly end, in ms. */
const MARGIN_MS = 5000;
/** Longest time for the kernel to end a killed process, in ms. */
const KILL_MS = 5000;
const POLL_MS = 50;

/** `tvm stop`: returns when the process is gone; nothing to stop is no failure. */
export async function stop(ctx: CliContext): Promise<number> {
  const { output, interrupt } = ctx;
  const { daemonFile } = loadConfig().paths;
  const state = inspectDaemon(daemonFile);
  if (state.kind === 'none') {
    await output.line('TVM is not running');
    return EXIT.ok;
  }
  if (state.kind === 'stale') {
    clearStale(daemonFile, state.text);
    await output.line(`TVM is not running; removed the stale record of an earlier one: ${state.why}`);
    return EXIT.ok;
  }

  const { record } = state;
  const patience = record.shutdownGraceMs + MARGIN_MS;
  send(record, 'SIGTERM');
  if (!(await isGone(record, patience, interrupt.signal))) {
    await output.note(`it did not end within ${patience / 1000} s and is killed`);
    send(record, 'SIGKILL');
    if (!(await isGone(record, KILL_MS, interrupt.signal))) {
      throw failure(`the process ${record.pid} does not end`, {
        remedy: 'The kernel holds it; see `dmesg`.',
      });
    }
  }
  // A killed process leaves its record behind.
  const after = inspectDaemon(daemonFile);
  if (after.kind === 'stale') clearStale(daemonFile, after.text);
  await output.line(`TVM has stopped (pid ${record.pid})`);
  return EXIT.ok;
}

function send(record: DaemonRecord, signal: NodeJS.Signals): void {
  if (!isAlive(record)) return;
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return;
    throw failure(`cannot stop the process ${record.pid}: ${errnoOf(error)}`, {
      remedy: 'Stop it as the user who started it, or as root.',
      cause: error,
    });
  }
}

async function isGone(record: DaemonRecord, withinMs: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isAlive(record)) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS, undefined, { signal });
  }
  return true;
}

import { closeSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/load.ts';
import { daemonize } from '../sys/daemonize.ts';
import type { DaemonProcess } from '../sys/daemonize.ts';
import { callApi } from './api-client.ts';
import type { CliContext } from './context.ts';
import { clearStale, inspectDaemon } from './daemon.ts';
import type { DaemonRecord } from './daemon.ts';
import { escapeControls } from './escape.ts';
import { failure } from './failure.ts';
import { ensureFolders } from './folders.ts';
import { launchMessageSchema } from './launch-messages.ts';

/** Longest start: a probe guest per driver and accelerator, each under its own deadline, fits well. */
export const START_DEADLINE_MS = 120_000;
/** Time for an interrupted start to tidy up before it is killed. */
const ABORT_GRACE_MS = 10_000;
const PING_DEADLINE_MS = 5000;
const QUOTED_OUTPUT_BYTES = 4096;
const OUTPUT_FILE_LIMIT_BYTES = 1024 * 1024;

/** A TVM that answers. */
export interface Running {
  readonly pid: number;
  readonly addresses: readonly string[];
  readonly alreadyRunning: boolean;
}

/**
 * Makes sure that a TVM runs in the background and answers: the one that is there, or a new one with these flags.
 * @throws TvmError when it cannot start; whatever was begun is ended then, also on an interrupt.
 */
export async function launch(
  ctx: CliContext,
  config: Config,
  settingArgs: readonly string[],
): Promise<Running> {
  const { paths } = config;
  ensureFolders(paths);
  const found = inspectDaemon(paths.daemonFile);
  if (found.kind === 'living') return join(ctx, config, found.record);
  if (found.kind === 'stale' && clearStale(paths.daemonFile, found.text)) {
    await ctx.output.note(`cleared a stale record of an earlier TVM: ${found.why}`);
  }
  const file = paths.daemonOutputFile;
  const written = trimOutput(file);
  const child = await daemonize({
    entry: ctx.entry,
    args: ['start', '--foreground', '--background', ...settingArgs],
    outputFile: file,
  });
  const outcome = await untilReady(ctx, child);
  if (outcome.kind === 'ready') {
    child.release();
    return { pid: child.pid, addresses: outcome.addresses, alreadyRunning: false };
  }
  if (outcome.kind === 'deadline' || outcome.kind === 'interrupted') {
    await end(child);
    ctx.interrupt.signal.throwIfAborted();
    throw failure(`TVM did not start within ${START_DEADLINE_MS / 1000} s`, {
      remedy: 'See `tvm logs` for how far it came and `tvm doctor` for what this machine lacks.',
    });
  }
  // Two may have started at once; the one that lost joins the winner.
  const other = inspectDaemon(paths.daemonFile);
  if (other.kind === 'living' && other.record.pid !== child.pid) return join(ctx, config, other.record);
  if (outcome.kind === 'failed') throw failure(outcome.message, outcome);
  throw failure(`TVM ended while it started (${outcome.how})${quoteOutput(file, written)}`, {
    remedy: 'See `tvm logs` and `tvm doctor`.',
  });
}

type Outcome =
  | { readonly kind: 'ready'; readonly addresses: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string; readonly remedy: string; readonly exitCode: number }
  | { readonly kind: 'ended'; readonly how: string }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'interrupted' };

async function untilReady(ctx: CliContext, child: DaemonProcess): Promise<Outcome> {
  const { signal } = ctx.interrupt;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'deadline' }), START_DEADLINE_MS);
    const onAbort = (): void => settle({ kind: 'interrupted' });
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    child.onMessage((raw) => {
      const message = launchMessageSchema.safeParse(raw).data;
      if (message?.type === 'progress') void ctx.output.note(message.text);
      if (message?.type === 'ready') settle({ kind: 'ready', addresses: message.addresses });
      if (message?.type === 'failed') {
        const { message: text, remedy, exit_code: exitCode } = message;
        // Its end comes next: waiting for it leaves no process behind.
        void child.ended.then(() => settle({ kind: 'failed', message: text, remedy, exitCode }));
        void sleep(ABORT_GRACE_MS, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
      }
    });
    // A last message may still be on its way when the end is seen.
    void child.ended.then(async (status) => {
      await sleep(100);
      settle({ kind: 'ended', how: typeof status === 'number' ? `exit code ${status}` : status });
    });
  });
}

async function end(child: DaemonProcess): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), ABORT_GRACE_MS);
  await child.ended;
  clearTimeout(timer);
}

/** Waits for a TVM that another command started, and makes sure that it answers. */
async function join(ctx: CliContext, config: Config, first: DaemonRecord): Promise<Running> {
  if (first.state === 'starting') {
    await ctx.output.note(`TVM is already starting (pid ${first.pid}); waiting for it`);
  }
  const deadline = Date.now() + START_DEADLINE_MS;
  for (let record = first; ;) {
    if (record.state === 'ready') {
      await ping(ctx, config, record);
      return { pid: record.pid, addresses: record.addresses, alreadyRunning: true };
    }
    if (Date.now() > deadline) {
      throw failure(`the TVM with pid ${record.pid} is still starting`, { remedy: '`tvm stop` ends it.' });
    }
    await sleep(100, undefined, { signal: ctx.interrupt.signal });
    const state = inspectDaemon(config.paths.daemonFile);
    if (state.kind !== 'living') {
      throw failure(`the TVM that was starting (pid ${record.pid}) ended`, { remedy: 'See `tvm logs`.' });
    }
    record = state.record;
  }
}

async function ping(ctx: CliContext, config: Config, record: DaemonRecord): Promise<void> {
  const [address = ''] = record.addresses;
  try {
    await callApi(`${address}/api/health`, {
      apiKey: config.settings.api_key,
      deadlineMs: PING_DEADLINE_MS,
      signal: ctx.interrupt.signal,
    });
  } catch (error) {
    ctx.interrupt.signal.throwIfAborted();
    throw failure(`TVM is running (pid ${record.pid}) but does not answer at ${address}`, {
      remedy: '`tvm stop` ends it; then start it again.',
      cause: error,
    });
  }
}

/** Keeps the output file small; returns its size, where this start's output will begin. */
function trimOutput(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= OUTPUT_FILE_LIMIT_BYTES) return size;
  truncateSync(file, 0);
  return 0;
}

/** The end of what the process wrote since `from`, indented, or nothing. */
function quoteOutput(file: string, from: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(from, size - QUOTED_OUTPUT_BYTES);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    readSync(descriptor, bytes, 0, bytes.length, start);
    const text = bytes.toString().trimEnd();
    return text === ''
      ? ''
      : `; it wrote:\n${text
          .split('\n')
          .map((l) => `  ${escapeControls(l)}`)
          .join('\n')}`;
  } finally {
    closeSync(descriptor);
  }
}

import type { Config } from '../config/load.ts';
import { openLogs } from '../observability/log.ts';
import type { Logs } from '../observability/log.ts';
import { DisposeStack } from '../sys/dispose.ts';
import { identityOf } from '../sys/process-identity.ts';
import { VERSION } from '../version.ts';
import type { CliContext } from './context.ts';
import { claimDaemon, releaseDaemon, updateDaemon } from './daemon.ts';
import type { DaemonRecord } from './daemon.ts';
import { EXIT } from './exit-codes.ts';
import { failure, failureOf } from './failure.ts';
import { ensureFolders } from './folders.ts';
import { leaveParent, tellParent } from './launch-messages.ts';
import { checkPorts } from './ports.ts';

/** Longest wait for the last log lines of a process that crashed, in ms. */
const LAST_WORDS_MS = 2000;

/**
 * Serves in this process until it is interrupted; returns the exit code. A parent that waits hears the progress.
 * @throws TvmError when TVM cannot be started or another one runs; the parent has heard it then.
 */
export async function serve(
  ctx: CliContext,
  config: Config,
  options: { background: boolean },
): Promise<number> {
  try {
    await using stack = new DisposeStack();
    return await serveUntilInterrupted(ctx, config, options, stack);
  } catch (error) {
    const { message, remedy, exitCode } = failureOf(error);
    await tellParent({ type: 'failed', message, remedy, exit_code: exitCode });
    throw error;
  } finally {
    leaveParent();
  }
}

async function serveUntilInterrupted(
  ctx: CliContext,
  config: Config,
  { background }: { background: boolean },
  stack: DisposeStack,
): Promise<number> {
  const { settings, paths } = config;
  const { signal } = ctx.interrupt;
  ensureFolders(paths);

  const starting = newRecord(settings.shutdown_grace_ms);
  const holder = await claimDaemon(paths.daemonFile, starting);
  if (holder) {
    throw failure(`TVM is already ${holder.state === 'ready' ? 'running' : 'starting'} (pid ${holder.pid})`, {
      remedy: 'See `tvm status`; `tvm stop` ends it.',
    });
  }
  stack.defer(() => releaseDaemon(paths.daemonFile, starting));

  const logs = stack.use(
    openLogs({
      level: settings.log_level,
      directory: paths.logsDir,
      ...(background ? {} : { echo: process.stdout }),
    }),
  );
  const log = logs.component('tvm');
  endOnCrash(logs, () => releaseDaemon(paths.daemonFile, starting));
  // In the background there is no terminal whose end could matter; elsewhere it is a wish to stop.
  process.on('SIGHUP', () => void (background || process.kill(process.pid, 'SIGTERM')));

  try {
    log.info({ version: VERSION, pid: process.pid }, 'starting');
    await checkPorts(settings);
    const { startService } = await ctx.loadEngine();
    const service = await startService({
      config,
      logs,
      signal,
      progress: (text) => {
        log.info(text);
        void tellParent({ type: 'progress', text });
      },
    });
    stack.defer(async () => {
      log.info('stopping');
      await service.close();
    });
    signal.throwIfAborted();
    const { addresses } = service;
    updateDaemon(paths.daemonFile, { ...starting, state: 'ready', addresses: [...addresses] });
    await tellParent({ type: 'ready', addresses: [...addresses], pid: process.pid });
    leaveParent();
  } catch (error) {
    if (!signal.aborted) log.error({ err: error }, 'start failed');
    throw error;
  }
  await untilAborted(signal);
  return EXIT.ok;
}

function newRecord(shutdownGraceMs: number): DaemonRecord {
  const identity = identityOf(process.pid);
  if (!identity) throw new Error('this process is not in /proc');
  return {
    ...identity,
    state: 'starting',
    version: VERSION,
    addresses: [],
    startedAt: new Date().toISOString(),
    shutdownGraceMs,
  };
}

/** A fault that nobody handled leaves the process in no known state: it says so and ends. */
function endOnCrash(logs: Logs, release: () => void): void {
  const crash = async (error: unknown): Promise<void> => {
    setTimeout(() => process.exit(EXIT.failure), LAST_WORDS_MS);
    logs.component('tvm').error({ err: error }, 'crashed');
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    try {
      release();
      await logs[Symbol.asyncDispose]();
    } finally {
      process.exit(EXIT.failure);
    }
  };
  process.on('uncaughtException', (error) => void crash(error));
  process.on('unhandledRejection', (reason) => void crash(reason));
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, createWriteStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errnoOf, messageOf, TvmError } from '../errors.ts';
import { BoundedTail } from './bounded-tail.ts';

/** Bytes of a tool's output that are kept to be quoted when it fails. */
const QUOTED_OUTPUT_BYTES = 4096;

export interface ToolOptions {
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** File that takes stdout; else stdout is returned. */
  readonly stdoutFile?: string;
  /** Bytes for stdin; else it is empty. */
  readonly input?: string | Buffer;
  /** Cap of the returned stdout, in bytes; more is a failure. Default 8 MiB. */
  readonly maxOutputBytes?: number;
  /** Kill after so many ms. */
  readonly timeoutMs?: number;
  /** Kill with SIGTERM, and with SIGKILL so many ms later: for tools that have something to undo, such as mounts. */
  readonly graceMs?: number;
}

/**
 * Runs a tool to its end without a shell and returns its stdout. The tool and all it started die with an abort: it
 * leads a process group of its own.
 * @throws TvmError `build_failed` quoting the end of its stderr, `host_unready` when it is not installed; the signal's
 *   reason on abort.
 */
export async function runTool(
  argv: readonly [string, ...string[]],
  options: ToolOptions = {},
): Promise<string> {
  options.signal?.throwIfAborted();
  const [command, ...args] = argv;
  const child = spawn(command, args, {
    cwd: options.cwd,
    detached: true,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.environment },
    stdio: 'pipe',
  });
  const spawned = spawnOutcome(child, command);
  let hardKill: NodeJS.Timeout | undefined;
  const killGroup = (): void => {
    if (options.graceMs === undefined) return killProcessGroup(child);
    killProcessGroup(child, 'SIGTERM');
    hardKill ??= setTimeout(() => killProcessGroup(child), options.graceMs);
  };
  options.signal?.addEventListener('abort', killGroup, { once: true });
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(killGroup, options.timeoutMs);

  try {
    await spawned;
    const stderr = new BoundedTail(QUOTED_OUTPUT_BYTES);
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    const [stdout, [code, killedBy]] = await Promise.all([
      options.stdoutFile === undefined
        ? collect(child.stdout, options.maxOutputBytes ?? 8 * 1024 * 1024)
        : pipeline(child.stdout, createWriteStream(options.stdoutFile)).then(() => ''),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    options.signal?.throwIfAborted();
    if (code === 0) return stdout;
    const end = code === null ? `was killed by ${killedBy}` : `ended with code ${code}`;
    throw new TvmError('build_failed', `${command} ${end}: ${stderr.text().trim()}`, {
      context: { command: argv.join(' ') },
    });
  } catch (error) {
    killProcessGroup(child);
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(hardKill);
    options.signal?.removeEventListener('abort', killGroup);
  }
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child that lives as long as its owner wants: a virtual machine monitor. */
export interface ManagedProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Descriptors 3, 4, … of the child: connected Unix stream sockets. */
  readonly channels: readonly Duplex[];
  /** Settles when the process and everything that holds its descriptors is gone. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /**
   * SIGKILL, at once. It also lets go of the channels: `exited` would else wait for a reader that has paused one to take
   * all that the child had written.
   */
  kill(): void;
}

/**
 * Starts a child with `channelCount` extra sockets, and nothing inherited but PATH. It must be called from the main
 * thread: parent-death signals follow the thread that forks.
 * @throws TvmError `host_unready` when the program cannot be started.
 */
export async function startProcess(
  argv: readonly string[],
  options: { readonly channelCount: number },
): Promise<ManagedProcess> {
  const [command = '', ...args] = argv;
  const child = spawn(command, args, {
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', 'pipe', ...Array<'pipe'>(options.channelCount).fill('pipe')],
  });
  const spawned = spawnOutcome(child, command);
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  // Writing to a child that has just died must not bring TVM down: `exited` tells.
  const streams = streamsOf(child);
  for (const stream of streams) stream.on('error', () => {});
  await spawned;
  const [stdin, stdout, stderr, ...channels] = streams as [Writable, Readable, Readable, ...Duplex[]];
  return {
    pid: child.pid ?? 0,
    stdin,
    stdout,
    stderr,
    channels,
    exited,
    kill() {
      child.kill('SIGKILL');
      for (const channel of channels) channel.destroy();
    },
  };
}

/**
 * Waits until a child has said exactly `expected` on its stdout, and nothing more.
 * @returns whether it did, rather than end or say something else
 */
export async function firstWords(child: ManagedProcess, expected: string): Promise<boolean> {
  const wanted = Buffer.from(expected);
  let said = Buffer.alloc(0);
  const heard = new Promise<boolean>((resolve) => {
    const onReadable = (): void => {
      const chunk = child.stdout.read() as Buffer | null;
      if (chunk) said = Buffer.concat([said, chunk]);
      if (said.length < wanted.length && wanted.subarray(0, said.length).equals(said)) return;
      child.stdout.off('readable', onReadable);
      resolve(said.equals(wanted));
    };
    child.stdout.on('readable', onReadable);
  });
  return Promise.race([heard, child.exited.then(() => false)]);
}

/**
 * Settles when a child runs. Its errors are heard from the moment of the call: without a descriptor or a process left on
 * this host, Node reports the failure before anyone could wait for it.
 * @throws TvmError `host_unready`
 */
async function spawnOutcome(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.on('error', (cause) => {
      const reason =
        errnoOf(cause) === 'ENOENT' ? 'is not installed' : `cannot be started: ${messageOf(cause)}`;
      reject(new TvmError('host_unready', `${command} ${reason}`, { cause }));
    });
  });
}

/** Path of an executable file: `name` itself where it is a path, else the first one in PATH; undefined if there is none. */
export async function findProgram(name: string): Promise<string | undefined> {
  const candidates = name.includes('/')
    ? [resolve(name)]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder || '.', name));
  for (const path of candidates) {
    try {
      await access(path, constants.X_OK);
      if ((await stat(path)).isFile()) return path;
    } catch {
      // The next one.
    }
  }
  return undefined;
}

/** The streams of a child; where it could not even be made, Node gives none. */
function streamsOf(child: ChildProcess): (Readable | Writable)[] {
  const stdio = child.stdio as (Readable | Writable | null | undefined)[] | undefined;
  return (stdio ?? []).filter((stream) => stream !== null && stream !== undefined);
}

/** Also when the leader is gone: what it left behind keeps the group, and with it the number, alive. */
function killProcessGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

async function collect(stream: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new TvmError('build_failed', `output exceeds ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** A Node process in a session of its own that outlives this one. */
export interface DaemonProcess {
  readonly pid: number;
  /** Settles when it ends, with its exit code, or with the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Hears every message that it sends with `process.send`. */
  onMessage(listener: (message: unknown) => void): void;
  kill(signal: NodeJS.Signals): void;
  /** Lets go of it: it goes on, and this process may end. */
  release(): void;
}

/**
 * Starts `entry` with Node in the background: its own session, the root folder as working folder, stdin empty, stdout and
 * stderr appended to `outputFile`, and a channel for messages.
 * @throws Error when the file cannot be opened or the process cannot be started.
 */
export async function daemonize(options: {
  readonly entry: string;
  readonly args: readonly string[];
  readonly outputFile: string;
}): Promise<DaemonProcess> {
  const output = openSync(options.outputFile, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [...process.execArgv, options.entry, ...options.args], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
    const ended = new Promise<number | NodeJS.Signals>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? code ?? 1));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    const { pid } = child;
    if (pid === undefined) throw new Error('a process without pid');
    return {
      pid,
      ended,
      onMessage: (listener) => void child.on('message', listener),
      kill: (signal) => void child.kill(signal),
      release() {
        if (child.connected) child.disconnect();
        child.unref();
      },
    };
  } finally {
    closeSync(output);
  }
}

import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { createStream } from 'rotating-file-stream';
import { logFile } from '../sys/paths.ts';
import type { LogComponent } from '../sys/paths.ts';
import { LineSink } from './line-sink.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Folder of the log files; without it only `echo` is written. */
  readonly directory?: string;
  /** Also write each line here, as `tvm start --foreground` does for its supervisor. */
  readonly echo?: NodeJS.WritableStream;
}

/** A logger per component; lines are JSON with `time` (ms since 1970), `level`, `component`, `msg` and facts. */
export interface Logs extends AsyncDisposable {
  component(name: LogComponent): Logger;
}

/**
 * Opens the logs. Files rotate at 10 MB, three old ones are kept.
 * Callers log ids, sizes, timings and statuses, never source code or program output.
 */
export function openLogs(options: LogOptions): Logs {
  if (options.directory) mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const open = new Map<LogComponent, { logger: Logger; close: () => Promise<void> }>();

  return {
    component(name) {
      let entry = open.get(name);
      if (!entry) {
        entry = openComponent(name, options);
        open.set(name, entry);
      }
      return entry.logger;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.values()].map(async (entry) => entry.close()));
      open.clear();
    },
  };
}

/** A logger that drops everything. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}

function openComponent(name: LogComponent, options: LogOptions) {
  const { directory, level } = options;
  const targets: { stream: DestinationStream; level: LogOptions['level'] }[] = [];
  let close = async (): Promise<void> => {};
  if (directory) {
    const file = basename(logFile(directory, name));
    const sink = new LineSink(() =>
      createStream(file, { path: directory, size: '10M', maxFiles: 3, mode: 0o600 }),
    );
    close = async () => sink.close();
    targets.push({ stream: sink, level });
  }
  if (options.echo) targets.push({ stream: options.echo, level });
  const logger = pino(
    {
      base: { component: name },
      level,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.multistream(targets),
  );
  return { logger, close };
}

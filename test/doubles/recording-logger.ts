import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Logger } from '../../src/observability/log.ts';

export interface RecordingLogger {
  readonly logger: Logger;
  /** Every line so far, parsed. */
  readonly lines: Record<string, unknown>[];
  /** Settles with the first line, past or to come, that has this message. */
  readonly line: (message: string) => Promise<Record<string, unknown>>;
}

/** A logger of the real kind that keeps its lines in memory. */
export function recordingLogger(level: 'debug' | 'warn' = 'debug'): RecordingLogger {
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString('utf8')) as Record<string, unknown>);
      for (const look of waiting) look();
      done();
    },
  });
  return {
    logger: pino({ level, formatters: { level: (label) => ({ level: label }) } }, sink),
    lines,
    line: async (message) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = lines.find((line) => line['msg'] === message);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

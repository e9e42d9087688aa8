import { open, readdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../errors.ts';
import { isRotatedLog, logFile } from '../../sys/paths.ts';
import type { LogComponent } from '../../sys/paths.ts';
import { lastLines, readAt } from './tail.ts';

const READ_BYTES = 256 * 1024;

/** The log of one component as a sequence of lines, over its rotated files. */
export interface LogSource extends AsyncDisposable {
  /** The last lines; those in older, rotated files come along when the newest file has too few. */
  tail(count: number, options: { partial: boolean }): Promise<string[]>;
  /** The complete lines written since the last call; copes with rotation, truncation and a file that is not there yet. */
  poll(): Promise<string[]>;
}

/** Reads the log of `component` in `directory`; nothing has to exist yet. */
export function openLogSource(directory: string, component: LogComponent): LogSource {
  const path = logFile(directory, component);
  let file: FileHandle | undefined;
  let offset = 0;
  let rest = Buffer.alloc(0);

  const close = async (): Promise<void> => {
    await file?.close();
    file = undefined;
    offset = 0;
    rest = Buffer.alloc(0);
  };

  /** Reads on to the end of the open file. */
  const drain = async (): Promise<string[]> => {
    if (!file) return [];
    if ((await file.stat()).size < offset) {
      offset = 0;
      rest = Buffer.alloc(0);
    }
    const lines: string[][] = [];
    for (;;) {
      const chunk = await readAt(file, offset, READ_BYTES);
      if (chunk.length === 0) return lines.flat();
      offset += chunk.length;
      const bytes = Buffer.concat([rest, chunk]);
      const complete = bytes.lastIndexOf('\n') + 1;
      rest = bytes.subarray(complete);
      if (complete > 0)
        lines.push(
          bytes
            .subarray(0, complete - 1)
            .toString()
            .split('\n'),
        );
    }
  };

  return {
    async tail(count, options) {
      await close();
      file = await openIfThere(path);
      let lines: string[] = [];
      if (file) {
        const tail = await lastLines(file, count, options);
        lines = tail.lines;
        offset = tail.end;
      }
      for (const older of (await rotatedFiles(directory, component)).reverse()) {
        // Rotated in this moment: its lines are here already.
        if (lines.length >= count || (await isAt(file, older))) continue;
        const handle = await openIfThere(older);
        if (!handle) continue;
        try {
          const { lines: before } = await lastLines(handle, count - lines.length, { partial: true });
          lines = before.concat(lines);
        } finally {
          await handle.close();
        }
      }
      return lines;
    },
    async poll() {
      const lines = await drain();
      if (file && (await isAt(file, path))) return lines;
      // Rotated: what was written to the old file between the read and the rename is still to come.
      const late = await drain();
      if (rest.length > 0) late.push(rest.toString());
      await close();
      file = await openIfThere(path);
      return [...lines, ...late, ...(await drain())];
    },
    [Symbol.asyncDispose]: close,
  };
}

async function rotatedFiles(directory: string, component: LogComponent): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names
      .filter((name) => isRotatedLog(name, component))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Whether the open file is the one that `path` names now. */
async function isAt(file: FileHandle | undefined, path: string): Promise<boolean> {
  const there = await stat(path).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  const held = await file?.stat();
  return held !== undefined && held.ino === there?.ino && held.dev === there.dev;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR';
}

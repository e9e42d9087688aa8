import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import type { Paths } from '../sys/paths.ts';
import { failure } from './failure.ts';

/**
 * Makes the folders that a running TVM writes to.
 * @throws TvmError `host_unready` that names the folder and the variable that moves it.
 */
export function ensureFolders(paths: Paths): void {
  ensureFolder(paths.logsDir, 'XDG_STATE_HOME');
  ensureFolder(dirname(paths.daemonFile), 'XDG_RUNTIME_DIR');
  ensureFolder(paths.cacheDir, 'XDG_CACHE_HOME');
}

function ensureFolder(folder: string, variable: string): void {
  try {
    makeWithParents(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw failure(`cannot write to the folder ${folder}: ${reasonOf(error)}`, {
      remedy: `Set ${variable} to a folder that this user may write to.`,
      cause: error,
    });
  }
}

/** Not `recursive: true`: Node 20 tries for ever where an existing parent answers ENOENT, as /proc does. */
function makeWithParents(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(folder);
  if (parent !== folder) makeWithParents(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** The system's words for a failed call, such as `read-only file system`. */
function reasonOf(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? error.errno : undefined;
  const known = typeof errno === 'number' ? getSystemErrorMap().get(errno) : undefined;
  return known ? `${known[1]} (${known[0]})` : String(error);
}

import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, messageOf, TvmError } from '../errors.ts';
import { runTool } from './process.ts';
import { identityOf } from './process-identity.ts';

/** Name prefix of folders that are being built; the pid and start of the builder follow, so that a leftover is known. */
export const STAGING_PREFIX = '.staging-';

/** A folder that vanishes when it is disposed, whatever happened. */
export interface StagingFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes a private folder inside `parent`, so that what is built in it can be renamed into place atomically.
 * @throws TvmError `host_unready` when `parent` cannot be written
 */
export async function makeStagingFolder(parent: string): Promise<StagingFolder> {
  await makeFolder(parent);
  const builder = `${STAGING_PREFIX}${process.pid}-${identityOf(process.pid)?.startTicks ?? ''}-`;
  const path = await mkdtemp(join(parent, builder)).catch((error: unknown) => {
    throw unwritable(parent, error);
  });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await removeAll(path);
    },
  };
}

/** Removes the staging folders in `parent` whose builder is gone. */
export async function sweepStagingFolders(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const [, pid, startTicks] = /^\.staging-(\d+)-(\d*)-/.exec(name) ?? [];
    if (pid === undefined || identityOf(Number(pid))?.startTicks === startTicks) continue;
    await removeAll(join(parent, name));
  }
}

/**
 * Removes a folder, also with folders in it that not even their owner may write to. What stays all the same must not stop
 * anything: the next sweep tries again.
 */
async function removeAll(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 } as const;
  await rm(path, options).catch(async () => {
    await runTool(['chmod', '--recursive', 'u+rwX', path]).catch(() => {});
    await rm(path, options).catch(() => {});
  });
}

/**
 * Makes a folder and its parents.
 * @throws TvmError `host_unready` naming the folder and the variables that move it
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** What a failure to write means for the user; an unexpected one is returned as it is. */
function unwritable(path: string, error: unknown): unknown {
  if (!['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'ENOSPC'].includes(errnoOf(error) ?? '')) return error;
  return new TvmError(
    'host_unready',
    `cannot write to ${path} (${messageOf(error)}); set XDG_CACHE_HOME, XDG_STATE_HOME and XDG_RUNTIME_DIR to folders that can be written`,
    { cause: error },
  );
}

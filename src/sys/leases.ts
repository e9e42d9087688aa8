import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';
import { makeFolder } from './staging.ts';

/**
 * Takes a name for one owner alone, among all processes that use the folder. A lease is a folder of that name, which only
 * one can make, with a file named for its owner in it: so who cleans up after a dead owner cannot hit another's lease.
 * @returns whether it was free
 */
export async function takeLease(folder: string, name: string, owner: string): Promise<boolean> {
  await makeFolder(folder);
  try {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, owner), '');
    return true;
  } catch (error) {
    // Somebody has it; or somebody who cleans up removed it before it had an owner.
    if (['EEXIST', 'ENOENT'].includes(errnoOf(error) ?? '')) return false;
    throw error;
  }
}

/** Gives a name back, if this owner has it. */
export async function releaseLease(folder: string, name: string, owner: string): Promise<void> {
  await rm(join(folder, name, owner), { force: true });
  await rmdir(join(folder, name)).catch((error: unknown) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
  });
}

/** Gives back all names of an owner, and those whose owner died before it could be written down. */
export async function releaseLeasesOf(folder: string, owner: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) await releaseLease(folder, name, owner);
}

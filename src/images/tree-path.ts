import { constants } from 'node:fs';
import { chmod, lstat, mkdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, TvmError } from '../errors.ts';

/** As many as the kernel follows. */
const MAX_LINKS = 40;

/** Of a data base of users or packages. */
const MAX_TEXT_BYTES = 32 * 1024 * 1024;

/**
 * Where a path of a tree lies on the host, with links taken as they are once the tree is a root: an absolute one, or `..`
 * above the top, never leads out of it. The last name is not followed.
 * @returns undefined where a folder on the way is missing or none
 */
export async function findInTree(tree: string, path: string): Promise<string | undefined> {
  return walk(tree, path, false);
}

/**
 * The same for a path that shall be written: missing folders are made and what is there under the last name is removed.
 * @throws TvmError `build_failed` where a file is in the way
 */
export async function makeRoomInTree(tree: string, path: string): Promise<string> {
  const place = await walk(tree, path, true);
  if (place === undefined) throw new TvmError('build_failed', `${path}: a file or a loop is in the way`);
  if (place === tree) throw new TvmError('build_failed', `${path}: is the root of the image`);
  await rm(place, { recursive: true, force: true });
  return place;
}

/** Makes a folder of the tree, and what leads to it, unless it is there. @returns its place on the host */
export async function makeFolderInTree(tree: string, path: string): Promise<string> {
  const place = await walk(tree, `${path}/.`, true);
  if (place === undefined) throw new TvmError('build_failed', `${path}: a file or a loop is in the way`);
  return place;
}

/**
 * The text of a file of the tree; empty for what is no file, for a link may lead anywhere, and to open a device has effects.
 * @throws TvmError `build_failed` for one that is larger than any such file
 */
export async function textInTree(tree: string, path: string): Promise<string> {
  const place = await findInTree(tree, path);
  const found = place === undefined ? undefined : await lstat(place).catch(() => undefined);
  if (place === undefined || !found?.isFile()) return '';
  if (found.size > MAX_TEXT_BYTES) throw new TvmError('build_failed', `${path}: is too large`);
  return readFile(place, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NOFOLLOW });
}

async function walk(tree: string, path: string, make: boolean): Promise<string | undefined> {
  const rest = path.split('/').filter(Boolean);
  const last = rest.pop() ?? '.';
  let at: string[] = [];
  let links = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '.') continue;
    if (name === '..') {
      at.pop();
      continue;
    }
    const here = join(tree, ...at, name);
    const target = await targetOf(here, make);
    if (target === undefined) return undefined;
    if (target === null) {
      at.push(name);
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return undefined;
    if (target.startsWith('/')) at = [];
    rest.unshift(...target.split('/').filter(Boolean));
  }
  return last === '.' ? join(tree, ...at) : join(tree, ...at, last);
}

/** Where a link leads; null for a folder, which is made if it is missing and `make` is set; undefined for anything else. */
async function targetOf(path: string, make: boolean): Promise<string | null | undefined> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return await readlink(path);
    return found.isDirectory() ? null : undefined;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  if (!make) return undefined;
  await mkdir(path);
  // The user's umask is none of the image's business.
  await chmod(path, 0o755);
  return null;
}

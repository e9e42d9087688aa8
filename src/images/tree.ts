import { appendFile, chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WORKSPACE } from '../runtimes/schema.ts';
import type { ImageRecipe } from '../runtimes/schema.ts';

/** Caches and package lists: of no use in a root file system that nobody can install into. */
const EMPTIED_FOLDERS = ['var/cache', 'var/log', 'var/lib/apt', 'run', 'tmp', 'boot'];

/** Folders that the agent mounts something on. */
const MOUNT_POINTS = ['dev', 'proc', 'sys', 'run', 'tmp', WORKSPACE.slice(1)];

/** Files that the agent covers with the identity of the machine. */
const IDENTITY_FILES = ['etc/hosts', 'etc/hostname', 'etc/machine-id'];

/** uid and gid of user programs; the agent has the same number. */
const RUNNER_ID = 1000;

/**
 * Turns an unpacked Debian system into a guest's root: mount points, the user that runs programs, no leftovers.
 */
export async function furnishTree(
  tree: string,
  { files = {}, links = {} }: Pick<ImageRecipe, 'files' | 'links'>,
): Promise<void> {
  for (const folder of EMPTIED_FOLDERS) {
    const path = join(tree, folder);
    await mkdir(path, { recursive: true });
    for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
  }
  for (const folder of MOUNT_POINTS) {
    await mkdir(join(tree, folder), { recursive: true });
    await chmod(join(tree, folder), 0o755);
  }
  for (const file of IDENTITY_FILES) {
    await rm(join(tree, file), { force: true });
    await writeFile(join(tree, file), '', { mode: 0o644 });
  }
  // A name server would only be a time-out: there is no network.
  await rm(join(tree, 'etc/resolv.conf'), { force: true });
  const passwd = `runner:x:${RUNNER_ID}:${RUNNER_ID}:runner:${WORKSPACE}:/bin/bash\n`;
  await appendFile(join(tree, 'etc/passwd'), passwd);
  await appendFile(join(tree, 'etc/group'), `runner:x:${RUNNER_ID}:\n`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text, { mode: 0o644 });
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await symlink(target, join(tree, path));
  }
}

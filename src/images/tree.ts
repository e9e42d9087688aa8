import { lstat, open, readdir, rm, symlink, writeFile, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKSPACE } from '../runtimes/schema.ts';
import type { ImageRecipe } from '../runtimes/schema.ts';
import { runTool } from '../sys/process.ts';
import { makeFolderInTree, makeRoomInTree, textInTree } from './tree-path.ts';

/** Folders that the agent mounts something on. */
const MOUNT_POINTS = ['dev', 'proc', 'sys', 'run', 'tmp', WORKSPACE.slice(1)];

/** Files that the agent covers with the identity of the machine. */
const IDENTITY_FILES = ['etc/hosts', 'etc/hostname', 'etc/machine-id'];

/** uid and gid of user programs; the agent has the same number. */
const RUNNER_ID = 1000;

const DATABASES = [
  {
    file: 'etc/passwd',
    root: 'root:x:0:0:root:/root:/bin/sh',
    runner: `runner:x:${RUNNER_ID}:${RUNNER_ID}:runner:${WORKSPACE}:/bin/bash`,
  },
  { file: 'etc/group', root: 'root:x:0:', runner: `runner:x:${RUNNER_ID}:` },
];

/** Time of change of everything in an image, in s since 1970: the same content is the same image. */
export const FIXED_TIME_S = 1_577_836_800;

/** Day on which passwords were last changed, in `/etc/shadow`: the day of the build else. */
const FIXED_DAY = Math.floor(FIXED_TIME_S / 86_400);

/**
 * Turns an unpacked system into a guest's root: mount points, the user that runs programs, the recipe's files and links.
 * @throws TvmError `build_failed` where something in the tree is in the way
 */
export async function furnishTree(
  tree: string,
  { files = {}, links = {} }: Pick<ImageRecipe, 'files' | 'links'>,
): Promise<void> {
  for (const folder of MOUNT_POINTS) {
    const place = join(tree, folder);
    const isFolder = await lstat(place).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) await rm(place, { force: true });
    await chmod(await makeFolderInTree(tree, folder), 0o755);
    await emptyFolder(place);
  }
  for (const file of IDENTITY_FILES) await putFile(tree, file, '');
  // A name server would only be a time-out: there is no network.
  await rm(await makeRoomInTree(tree, 'etc/resolv.conf'), { force: true });
  for (const { file, root, runner } of DATABASES) {
    const lines = (await textInTree(tree, file)).split('\n').filter(Boolean);
    const others = lines.filter(
      (line) => line.split(':')[2] !== String(RUNNER_ID) && !line.startsWith('runner:'),
    );
    if (others.length === 0) others.push(root);
    await putFile(tree, file, `${[...others, runner].join('\n')}\n`);
  }
  const shadow = await textInTree(tree, 'etc/shadow');
  if (shadow !== '') {
    await putFile(
      tree,
      'etc/shadow',
      shadow.replaceAll(/^([^:\n]*:[^:\n]*):\d*:/gm, `$1:${FIXED_DAY}:`),
      0o640,
    );
  }
  for (const [path, text] of Object.entries(files)) await putFile(tree, path, text);
  for (const [path, target] of Object.entries(links)) await symlink(target, await makeRoomInTree(tree, path));
}

async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

async function putFile(tree: string, path: string, text: string, mode = 0o644): Promise<void> {
  const place = await makeRoomInTree(tree, path);
  await writeFile(place, text);
  await chmod(place, mode);
}

/**
 * Gives everything in a tree the same time of change, and takes away the bits by which a program changes its user. What
 * Python compiled holds the time of its source, and is told the new one.
 */
export async function fixTimes(tree: string, signal: AbortSignal): Promise<void> {
  const found = await runTool(['find', tree, '-type', 'f', '-name', '*.pyc', '-print0'], { signal });
  for (const path of found.split('\0').filter(Boolean)) await fixTimeOfSource(path);
  await runTool(['find', tree, '!', '-type', 'l', '-perm', '/7000', '-exec', 'chmod', 'a-st', '{}', '+'], {
    signal,
  });
  await runTool(['find', tree, '-exec', 'touch', '--no-dereference', `--date=@${FIXED_TIME_S}`, '{}', '+'], {
    signal,
  });
}

/**
 * The header of a .pyc file (PEP 552): magic number, flags, and where no flag is set time of change and size of the
 * source, each a little-endian u32.
 */
async function fixTimeOfSource(path: string): Promise<void> {
  const mode = (await lstat(path)).mode;
  await chmod(path, mode | 0o600);
  const file = await open(path, 'r+');
  try {
    const header = Buffer.alloc(16);
    const { bytesRead } = await file.read(header, 0, 16, 0);
    if (bytesRead < 16 || header.readUInt16LE(2) !== 0x0a0d || header.readUInt32LE(4) !== 0) return;
    header.writeUInt32LE(FIXED_TIME_S, 8);
    await file.write(header, 8, 4, 8);
  } finally {
    await file.close();
  }
}

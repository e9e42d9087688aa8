import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hashOf } from '../sys/hash.ts';
import { qemuTreeFiles } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { makeStagingFolder } from '../sys/staging.ts';
import { hostArchitecture } from './architecture.ts';
import type { BuildOptions } from './build-options.ts';
import { unpackDebian } from './debian.ts';

/**
 * Debian 13 has QEMU 10. Versions before 8.2 can map the memory of a template only if they may also write to it, which
 * no process that a stranger's code may take over shall be able to.
 */
const SUITE = 'trixie';

/** In the jail there is nothing but this tree: util-linux has setpriv, which drops the privileges, dash is its shell. */
const COMPANIONS = ['util-linux', 'dash'] as const;

/**
 * Unpacks QEMU with its libraries into the cache, unless it is there: a file tree of its own, so that the VM processes see
 * nothing of the host's system and the same QEMU runs on every host.
 * @returns root of the tree
 * @throws TvmError `host_unready` on a processor that TVM has none for
 */
export async function ensureQemuTree(paths: Paths, options: BuildOptions): Promise<string> {
  const files = qemuTreeFiles(paths.qemuDir);
  const { qemu } = hostArchitecture();
  const packages = [qemu.package, ...COMPANIONS];
  const key = hashOf('1', SUITE, ...packages);
  try {
    z.strictObject({ key: z.literal(key) }).parse(JSON.parse(await readFile(files.record, 'utf8')));
    return files.tree;
  } catch {
    // Not there, or of another recipe.
  }
  options.progress('qemu: unpacking');
  await using staging = await makeStagingFolder(paths.cacheDir);
  const built = qemuTreeFiles(join(staging.path, 'qemu'));
  await mkdir(join(staging.path, 'qemu'));
  await unpackDebian({ suite: SUITE, packages, variant: 'extract' }, built.tree, {
    ...options,
    only: ['./usr'],
  });
  for (const [name, target] of Object.entries(qemu.links)) await symlink(target, join(built.tree, name));
  await rm(join(built.tree, 'usr/bin/sh'), { force: true });
  await symlink('dash', join(built.tree, 'usr/bin/sh'));
  await writeFile(built.record, JSON.stringify({ key }));
  await rm(paths.qemuDir, { recursive: true, force: true });
  await rename(join(staging.path, 'qemu'), paths.qemuDir);
  options.progress('qemu: ready');
  return files.tree;
}

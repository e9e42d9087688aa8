import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from '../../src/images/build-options.ts';
import { unpackDebian } from '../../src/images/debian.ts';
import { unpackDebianKernel } from '../../src/images/kernel.ts';
import { placeNpmPart } from '../../src/images/npm-files.ts';
import { RUNTIMES } from '../../src/runtimes/catalogue.ts';
import { hashOf } from '../../src/sys/hash.ts';
import { kernelFiles } from '../../src/sys/paths.ts';
import { runTool } from '../../src/sys/process.ts';
import { makeStagingFolder } from '../../src/sys/staging.ts';
import { makeErofs } from './erofs.ts';

/** What the machine boots from, without anything of this project in it. */
export interface BaseImage {
  readonly kernel: string;
  readonly initrd: string;
  /** Debian with Node.js and what TVM needs at run time. */
  readonly rootfs: string;
}

/** A package more than an image of TVM's own has: the jail, and a static shell for the initial RAM file system. */
const PACKAGES = ['bubblewrap', 'busybox-static'];

const MODULES = ['virtio_pci', 'virtio_blk', 'erofs', 'crc32c-intel', 'overlay', 'kvm-amd'];

/** Whose Node.js the machine has. */
const NODE_RUNTIME = 'javascript@20';

const INIT = fileURLToPath(new URL('init.sh', import.meta.url));

/** Makes the base image unless one of this recipe is in `folder`; predecessors are removed. */
export async function ensureBaseImage(folder: string, options: BuildOptions): Promise<BaseImage> {
  const recipe = RUNTIMES.find(({ id }) => id === NODE_RUNTIME)?.version.image;
  if (recipe?.base.kind !== 'debian') throw new Error(`no Debian recipe of ${NODE_RUNTIME}`);
  const { suite } = recipe.base;
  const packages = [...recipe.base.packages, ...PACKAGES];
  const init = await readFile(INIT);
  const key = hashOf('1', suite, ...packages, ...MODULES, JSON.stringify(recipe.npm), init);
  const image = filesOf(join(folder, 'base'));
  if ((await readFile(image.key, 'utf8').catch(() => '')) === key) return image;

  const { signal } = options;
  options.progress('building the base image (once)');
  await using staging = await makeStagingFolder(folder);
  const built = filesOf(join(staging.path, 'base'));
  await mkdir(join(staging.path, 'base'));
  const tree = join(staging.path, 'tree');
  await unpackDebian({ suite, packages, variant: 'essential' }, tree, { signal });
  for (const part of recipe.npm ?? []) await placeNpmPart(part, tree, staging.path, signal);
  await makeErofs(tree, built.rootfs, signal);

  const kernel = join(staging.path, 'kernel');
  const { order } = await unpackDebianKernel(kernel, MODULES, options);
  await rename(kernelFiles(kernel).vmlinux, built.kernel);
  const ram = join(staging.path, 'initrd');
  await mkdir(ram);
  await rename(kernelFiles(kernel).modules, join(ram, 'modules'));
  await writeFile(join(ram, 'modules', 'order'), order.map((file) => `${file}\n`).join(''));
  await mkdir(join(ram, 'bin'));
  await copyFile(join(tree, 'bin/busybox'), join(ram, 'bin/busybox'));
  await writeFile(join(ram, 'init'), init);
  await chmod(join(ram, 'init'), 0o755);
  const entries = await runTool(['find', '.', '-mindepth', '1'], { signal, cwd: ram });
  await runTool(['cpio', '--create', '--format=newc', '--owner=0:0', '--quiet'], {
    signal,
    cwd: ram,
    input: entries,
    stdoutFile: built.initrd,
  });
  await writeFile(built.key, key);
  await rm(join(folder, 'base'), { recursive: true, force: true });
  await rename(join(staging.path, 'base'), join(folder, 'base'));
  return image;
}

function filesOf(folder: string): BaseImage & { readonly key: string } {
  return {
    kernel: join(folder, 'vmlinux'),
    initrd: join(folder, 'initrd.cpio'),
    rootfs: join(folder, 'rootfs.erofs'),
    key: join(folder, 'key'),
  };
}

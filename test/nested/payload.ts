import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imageFiles } from '../../src/sys/paths.ts';
import type { Paths } from '../../src/sys/paths.ts';
import { runTool } from '../../src/sys/process.ts';
import { makeErofs } from './erofs.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where the machine has them; `init.sh` and the scripts in `inside/` know these names, too. */
const PROJECT = 'tvm';
const CACHE = 'root/.cache/tvm';
const PROGRAMS = 'usr/local/bin';

/** The only runtime that is installed there: each more would be a template and clones more. */
export const RUNTIME = 'python@3.11';

/** What of the project is needed to run it and its driver tests. */
const PARTS = ['dist', 'src', 'test', 'toolchain', 'guest', 'kernel', 'package.json', 'node_modules'];

/** Formatter, linter and compiler are two thirds of node_modules. */
const LEFT_OUT = /^(?:node_modules\/(?:\.|@?oxlint|@?oxfmt|oxlint-tsgolint|@?typescript)|test\/fixtures)/;

export interface PayloadOptions {
  readonly paths: Paths;
  /** Of the kernel that microVMs boot, and the initial RAM file system for it; both in the cache. */
  readonly boot: { readonly kernelFolder: string; readonly initrd: string };
  /** More to have in PATH there, by name. */
  readonly programs: Readonly<Record<string, string>>;
  /** An empty folder on the cache's file system. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** Makes the file system with what is to be tested: the project, and what of the cache its microVMs boot from. */
export async function makePayload(options: PayloadOptions): Promise<string> {
  const { paths, boot, programs, scratch, signal } = options;
  const tree = join(scratch, 'payload');
  for (const part of PARTS) {
    await cp(join(ROOT, part), join(tree, PROJECT, part), {
      recursive: true,
      dereference: true,
      filter: (source) => !LEFT_OUT.test(relative(ROOT, source)),
    });
  }
  const { rootfs, record } = imageFiles(paths.imagesDir, RUNTIME);
  for (const path of [boot.kernelFolder, boot.initrd, paths.qemuDir, rootfs, record]) {
    const target = join(tree, CACHE, relative(paths.cacheDir, path));
    await mkdir(dirname(target), { recursive: true });
    await runTool(['cp', '--archive', '--link', path, target], { signal });
  }
  for (const [name, path] of Object.entries(programs)) {
    await runTool(['install', '-D', '-m', '755', path, join(tree, PROGRAMS, name)], { signal });
  }
  const image = join(scratch, 'payload.erofs');
  await makeErofs(tree, image, signal);
  await rm(tree, { recursive: true });
  return image;
}

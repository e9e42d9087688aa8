import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf } from '../errors.ts';
import { hashOf } from '../sys/hash.ts';
import { kernelFiles } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { STAGING_PREFIX } from '../sys/staging.ts';
import { kernelRecipe } from './kernel-config.ts';
import type { KernelRecipe } from './kernel-config.ts';

/** Changes when the builder gives another kernel for the same fragments and source; kernels of older builders count as outdated. */
const BUILDER_VERSION = '2';

const recordSchema = z.strictObject({
  /** {@link ownKernelKey} of what it was built from. */
  key: z.string(),
  release: z.string(),
  /** Of the kernel's source; Debian's own changes may differ between archives of one version. */
  sourceVersion: z.string(),
  sourceSha256: z.string(),
  sizeBytes: z.int().positive(),
  builtAt: z.iso.datetime(),
});
export type OwnKernelRecord = z.infer<typeof recordSchema>;

/** A kernel that `tvm kernel build` made. */
export interface OwnKernel extends OwnKernelRecord {
  readonly folder: string;
  /** Whether it was built from the fragments of this release of TVM. An outdated one is not used. */
  readonly current: boolean;
}

/** Names what a build gives: equal keys mean equal kernels, but for the compiler. */
export function ownKernelKey(recipe: KernelRecipe, sourceSha256: string): string {
  const { makeArch, fragments } = recipe;
  const texts = fragments.flatMap(({ name, text }) => [name, text]);
  return hashOf(BUILDER_VERSION, makeArch, sourceSha256, ...texts);
}

/** The kernels of TVM's own in the cache, those that can be used first, the newest first among them. */
export async function listOwnKernels(paths: Paths): Promise<OwnKernel[]> {
  const recipe = await kernelRecipe();
  const kernels = await Promise.all(
    (await folders(paths)).map(async (folder) => readOwnKernel(folder, recipe)),
  );
  return kernels
    .filter((kernel) => kernel !== undefined)
    .sort((a, b) => Number(b.current) - Number(a.current) || b.builtAt.localeCompare(a.builtAt));
}

/** The kernel of TVM's own that VMs boot, or undefined when it is absent, damaged or outdated. */
export async function findOwnKernel(paths: Paths): Promise<OwnKernel | undefined> {
  return (await listOwnKernels(paths)).find(({ current }) => current);
}

/** Removes TVM's own kernels; VMs that run are not disturbed. @returns how many there were */
export async function removeOwnKernels(paths: Paths): Promise<number> {
  const found = await folders(paths);
  for (const folder of found) await removeOwnKernel(folder);
  await rm(paths.ownKernelsDir, { recursive: true, force: true });
  return found.length;
}

/** Removes one kernel, its record first: without one it counts as absent. */
export async function removeOwnKernel(folder: string): Promise<void> {
  await rm(kernelFiles(folder).record, { force: true });
  await rm(folder, { recursive: true, force: true });
}

async function folders(paths: Paths): Promise<string[]> {
  try {
    const names = await readdir(paths.ownKernelsDir);
    return names
      .filter((name) => !name.startsWith(STAGING_PREFIX))
      .map((name) => join(paths.ownKernelsDir, name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readOwnKernel(
  folder: string,
  recipe: KernelRecipe | undefined,
): Promise<OwnKernel | undefined> {
  const files = kernelFiles(folder);
  try {
    const record = recordSchema.parse(JSON.parse(await readFile(files.record, 'utf8')));
    if ((await stat(files.vmlinux)).size !== record.sizeBytes) return undefined;
    const current = recipe !== undefined && record.key === ownKernelKey(recipe, record.sourceSha256);
    return { ...record, folder, current };
  } catch {
    return undefined;
  }
}

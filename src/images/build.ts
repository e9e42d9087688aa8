import { chmod, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import { TvmError } from '../errors.ts';
import type { Runtime } from '../runtimes/catalogue.ts';
import type { ImageRecipe } from '../runtimes/schema.ts';
import { hashOfFile } from '../sys/hash.ts';
import { imageFiles } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { runTool } from '../sys/process.ts';
import { makeStagingFolder } from '../sys/staging.ts';
import { ensureBootArtefacts } from './boot-artefacts.ts';
import type { BuildOptions } from './build-options.ts';
import { unpackDebian } from './debian.ts';
import { placeNpmFile } from './npm-files.ts';
import { ensureQemuTree } from './qemu-tree.ts';
import { findImage, imageKey } from './store.ts';
import type { ImageRecord } from './store.ts';
import { furnishTree } from './tree.ts';

/** Builds at a time: one is bound by the network first, then by a core. */
const PARALLEL_BUILDS = 2;

/**
 * Builds the images that are absent or outdated, and what every microVM boots from. What is there already costs nothing.
 * @throws TvmError `build_failed` or `host_unready` of the first failure, after all others have ended
 */
export async function buildRuntimes(
  runtimes: readonly Runtime[],
  options: BuildOptions & { readonly config: Config },
): Promise<void> {
  const { paths, settings } = options.config;
  for (const { id, version } of runtimes) {
    if (!version.image) throw new TvmError('build_failed', `${id} cannot be built by this release of TVM`);
  }
  const jobs: (() => Promise<unknown>)[] = [
    async () => ensureBootArtefacts(paths, options),
    ...(settings.qemu_bin === 'auto' ? [async () => ensureQemuTree(paths, options)] : []),
    ...runtimes.map((runtime) => async () => ensureImage(paths, runtime, options)),
  ];
  const workers = Array.from({ length: PARALLEL_BUILDS }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await job();
  });
  const failed = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

async function ensureImage(paths: Paths, runtime: Runtime, options: BuildOptions): Promise<void> {
  const recipe = runtime.version.image;
  if (!recipe || (await findImage(paths, runtime.id))) return;
  const startedAt = performance.now();
  options.progress(`${runtime.id}: building`);
  await using staging = await makeStagingFolder(paths.imagesDir);
  const rootfs = await buildRootfs(recipe, staging.path, options.signal);
  const record: ImageRecord = {
    id: runtime.id,
    key: imageKey(recipe),
    sizeBytes: (await stat(rootfs)).size,
    sha256: await hashOfFile(rootfs),
    builtAt: new Date().toISOString(),
  };
  const recordFile = join(staging.path, 'record.json');
  await writeFile(recordFile, JSON.stringify(record, null, 2));

  const files = imageFiles(paths.imagesDir, runtime.id);
  await rename(rootfs, files.rootfs);
  await rename(recordFile, files.record);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  options.progress(`${runtime.id}: ready, ${(record.sizeBytes / 1e6).toFixed(0)} MB, ${seconds} s`);
}

async function buildRootfs(recipe: ImageRecipe, scratch: string, signal: AbortSignal): Promise<string> {
  const tree = join(scratch, 'tree');
  await unpackDebian({ suite: recipe.suite, packages: recipe.packages, variant: 'essential' }, tree, {
    signal,
  });
  for (const file of recipe.npmFiles ?? []) await placeNpmFile(file, tree, scratch, signal);
  await furnishTree(tree, recipe);
  const image = join(scratch, 'rootfs.erofs');
  // Its progress report is a line per file, on stdout.
  await runTool(['mkfs.erofs', '--all-root', '-zlz4hc', image, tree], { signal, stdoutFile: '/dev/null' });
  // The VM process reads it as another user.
  await chmod(image, 0o644);
  return image;
}

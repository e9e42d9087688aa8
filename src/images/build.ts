import { rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import { messageOf, TvmError } from '../errors.ts';
import type { Runtime } from '../runtimes/catalogue.ts';
import { splitCustom } from '../runtimes/custom.ts';
import type { RuntimeId } from '../runtimes/schema.ts';
import { hashOfFile } from '../sys/hash.ts';
import { imageFiles } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { makeStagingFolder } from '../sys/staging.ts';
import type { Additions } from './additions.ts';
import { beginAttempt, endAttempt } from './attempts.ts';
import { ensureBootArtefacts } from './boot-artefacts.ts';
import { sourcesOf } from './build-options.ts';
import type { BuildOptions } from './build-options.ts';
import { ensureQemuTree } from './qemu-tree.ts';
import { buildRootfs } from './rootfs.ts';
import { findAdditions, findImage, imageKey, recipeOf } from './store.ts';
import type { ImageRecord } from './store.ts';
import { unreachableReason } from './unreachable.ts';

/** Builds at a time: one is bound by the network first, then by a core. */
const PARALLEL_BUILDS = 2;

/** An image that is wanted. */
export interface ImageOrder {
  readonly id: RuntimeId;
  /** Of a runtime of a user's own. */
  readonly additions?: Additions | undefined;
}

/** What became of one that was wanted. */
export type BuildResult =
  /** `present` was there already. */
  | { readonly id: RuntimeId; readonly outcome: 'present' | 'built' }
  | { readonly id: RuntimeId; readonly outcome: 'unreachable' | 'failed'; readonly error: unknown };

type Options = BuildOptions & { readonly config: Config };

/**
 * Builds the images that are absent or outdated, and what every microVM boots from. What is there already costs nothing.
 * @throws TvmError `build_failed` or `host_unready` of the first failure, after all others have ended
 */
export async function buildRuntimes(
  runtimes: readonly Pick<Runtime, 'id'>[],
  options: Options,
): Promise<void> {
  for (const result of await buildImages(runtimes, options)) {
    if ('error' in result) throw result.error;
  }
}

/**
 * The same, but goes on after failures and says what became of each, in the order of `orders`.
 * @throws TvmError when what every microVM boots from cannot be made; the signal's reason on abort
 */
export async function buildImages(
  orders: readonly ImageOrder[],
  { config, ...given }: Options,
): Promise<BuildResult[]> {
  const { paths, settings } = config;
  const options: BuildOptions = { ...given, sources: sourcesOf(settings) };
  const results = new Map<RuntimeId, BuildResult>();
  let failure: unknown;
  const needed = async (make: () => Promise<unknown>): Promise<void> => {
    await make().catch((error: unknown) => {
      failure ??= error;
    });
  };
  const jobs: (() => Promise<void>)[] = [
    async () => needed(async () => ensureBootArtefacts(paths, options)),
    ...(settings.qemu_bin === 'auto' ? [async () => needed(async () => ensureQemuTree(paths, options))] : []),
    ...orders.map((order) => async () => {
      results.set(order.id, await ensureImage(paths, order, options));
    }),
  ];
  const workers = Array.from({ length: PARALLEL_BUILDS }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      options.signal.throwIfAborted();
      await job();
    }
  });
  const stopped = (await Promise.allSettled(workers)).find((worker) => worker.status === 'rejected');
  if (stopped) throw stopped.reason;
  if (failure !== undefined) throw failure;
  return orders.flatMap(({ id }) => results.get(id) ?? []);
}

async function ensureImage(paths: Paths, order: ImageOrder, options: BuildOptions): Promise<BuildResult> {
  const { id } = order;
  const additions = order.additions ?? (await findAdditions(paths, id));
  const recipe = recipeOf(id);
  if (!recipe) {
    const error = new TvmError('build_failed', `${id} cannot be built by this release of TVM`);
    return { id, outcome: 'failed', error };
  }
  if (splitCustom(id) && !additions) {
    const error = new TvmError(
      'build_failed',
      `${id}: nothing readable says what it was made of; remove it, and build it with its options`,
    );
    return { id, outcome: 'failed', error };
  }
  const key = imageKey(recipe, additions);
  if ((await findImage(paths, id)) && (await isOfAdditions(paths, order))) return { id, outcome: 'present' };
  await beginAttempt(paths, id);
  try {
    await makeImage(paths, { id, key, recipe, additions }, options);
    await endAttempt(paths, id, undefined);
    return { id, outcome: 'built' };
  } catch (error) {
    if (options.signal.aborted) await endAttempt(paths, id, undefined);
    options.signal.throwIfAborted();
    const notReached = unreachableReason(error);
    const outcome = notReached === undefined ? 'failed' : 'unreachable';
    // Of a user's own runtime that never was there nobody knows later what it should have been.
    const isKnown = !splitCustom(id) || (await findAdditions(paths, id)) !== undefined;
    const reason = notReached ?? messageOf(error);
    await endAttempt(paths, id, isKnown ? { outcome, key, reason } : undefined);
    options.progress(`${id}: ${outcome}`);
    return { id, outcome, error };
  }
}

/** Whether the image that is there is of the additions that are wanted, if any are named. */
async function isOfAdditions(paths: Paths, { id, additions }: ImageOrder): Promise<boolean> {
  return !additions || JSON.stringify(await findAdditions(paths, id)) === JSON.stringify(additions);
}

async function makeImage(
  paths: Paths,
  { id, ...plan }: { readonly id: RuntimeId } & Parameters<typeof buildRootfs>[0],
  options: BuildOptions,
): Promise<void> {
  const startedAt = performance.now();
  const progress = (line: string): void => options.progress(`${id}: ${line}`);
  await using staging = await makeStagingFolder(paths.imagesDir);
  const built = await buildRootfs(plan, staging.path, { ...options, progress });
  const record: ImageRecord = {
    id,
    key: plan.key,
    version: built.version,
    base: built.base,
    packages: built.packages,
    ...(plan.additions && { additions: plan.additions }),
    sizeBytes: (await stat(built.path)).size,
    sha256: await hashOfFile(built.path),
    builtAt: new Date().toISOString(),
  };
  const recordFile = join(staging.path, 'record.json');
  await writeFile(recordFile, JSON.stringify(record, null, 2));

  const files = imageFiles(paths.imagesDir, id);
  await rename(built.path, files.rootfs);
  await rename(recordFile, files.record);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  progress(`ready: ${built.version}, ${(record.sizeBytes / 1e6).toFixed(0)} MB, ${seconds} s`);
}

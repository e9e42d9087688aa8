import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { errnoOf } from '../errors.ts';
import { RUNTIMES } from '../runtimes/catalogue.ts';
import { splitCustom } from '../runtimes/custom.ts';
import type { ImageRecipe, RuntimeId } from '../runtimes/schema.ts';
import { hashOf } from '../sys/hash.ts';
import { attemptFile, imageFiles, imageOfRecord } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { additionsSchema } from './additions.ts';
import type { Additions } from './additions.ts';

/** Changes when the builder gives another image for the same recipe; images of older builders count as absent. */
const BUILDER_VERSION = '2';

export const imageRecordSchema = z.strictObject({
  id: z.string(),
  /** {@link imageKey} of what it was built from. */
  key: z.string(),
  /** As the probe printed it. */
  version: z.string(),
  /** A Debian suite, or an OCI image by its digest. */
  base: z.string(),
  /** Versions of the Debian packages that the recipe names. */
  packages: z.record(z.string(), z.string()),
  /** Only of a runtime of a user's own: all that is needed to build it again. */
  additions: additionsSchema.optional(),
  sizeBytes: z.int().nonnegative(),
  sha256: z.string(),
  builtAt: z.iso.datetime(),
});
export type ImageRecord = z.infer<typeof imageRecordSchema>;

/** An image that can be used now. */
export interface ImageEntry {
  readonly id: RuntimeId;
  /** Read-only root file system. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly builtAt: Date;
  /** Exact version of what is in it. */
  readonly version: string;
  /** A Debian suite, or an OCI image by its digest. */
  readonly base: string;
}

/** Names what a recipe and a user's additions give: equal keys mean equal images. */
export function imageKey(recipe: ImageRecipe, additions?: Additions): string {
  return hashOf(BUILDER_VERSION, JSON.stringify(recipe), additions ? JSON.stringify(additions) : '');
}

/** The recipe that a runtime is built from: its own, or that of the version which a user's own one began with. */
export function recipeOf(id: RuntimeId): ImageRecipe | undefined {
  const wanted = splitCustom(id)?.base ?? id;
  return RUNTIMES.find((runtime) => runtime.id === wanted)?.version.image;
}

/** The image of a runtime, or undefined when it is absent, cut short, or was built from another recipe. */
export async function findImage(paths: Paths, id: RuntimeId): Promise<ImageEntry | undefined> {
  const recipe = recipeOf(id);
  const record = recipe && (await readRecord(paths, id));
  if (!record || record.key !== imageKey(recipe, record.additions)) return undefined;
  const { rootfs } = imageFiles(paths.imagesDir, id);
  const size = await stat(rootfs).then(
    (file) => file.size,
    () => undefined,
  );
  const { sizeBytes, version, base } = record;
  if (size !== sizeBytes) return undefined;
  return { id, path: rootfs, sizeBytes, builtAt: new Date(record.builtAt), version, base };
}

/** What a runtime of a user's own was made of, also when its image is outdated; undefined when it was never built. */
export async function findAdditions(paths: Paths, id: RuntimeId): Promise<Additions | undefined> {
  return (await readRecord(paths, id))?.additions;
}

/** The images that can be used now: those of the catalogue in its order, then users' own by name. */
export async function listImages(paths: Paths): Promise<ImageEntry[]> {
  const ids = [...RUNTIMES.map((runtime) => runtime.id), ...(await listCustom(paths))];
  const entries = await Promise.all(ids.map(async (id) => findImage(paths, id)));
  return entries.filter((entry) => entry !== undefined);
}

/** Runtimes of users' own that were built once, whether they can be used or not, by name. */
export async function listCustom(paths: Paths): Promise<RuntimeId[]> {
  const names = await namesIn(paths.imagesDir);
  return names
    .flatMap((name) => imageOfRecord(name) ?? [])
    .filter((id): id is RuntimeId => id.includes('@') && splitCustom(id) !== undefined)
    .sort();
}

/** Removes an image; VMs that run from it are not disturbed. @returns whether there was one */
export async function removeImage(paths: Paths, id: RuntimeId): Promise<boolean> {
  const files = imageFiles(paths.imagesDir, id);
  const existed = (await namesIn(paths.imagesDir)).some(
    (name) => files.record.endsWith(`/${name}`) || files.rootfs.endsWith(`/${name}`),
  );
  await rm(files.record, { force: true });
  await rm(files.rootfs, { force: true });
  await rm(attemptFile(paths.attemptsDir, id), { force: true });
  return existed;
}

async function readRecord(paths: Paths, id: RuntimeId): Promise<ImageRecord | undefined> {
  try {
    const text = await readFile(imageFiles(paths.imagesDir, id).record, 'utf8');
    const record = imageRecordSchema.parse(JSON.parse(text));
    const isCustom = splitCustom(id) !== undefined;
    return record.id === id && isCustom === (record.additions !== undefined) ? record : undefined;
  } catch {
    return undefined;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return [];
  }
}

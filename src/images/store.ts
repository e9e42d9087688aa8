import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { errnoOf } from '../errors.ts';
import { RUNTIMES } from '../runtimes/catalogue.ts';
import type { ImageRecipe, RuntimeId } from '../runtimes/schema.ts';
import { hashOf } from '../sys/hash.ts';
import { imageFiles } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';

/** Changes when the builder gives another image for the same recipe; images of older builders count as absent. */
const BUILDER_VERSION = '1';

export const imageRecordSchema = z.strictObject({
  id: z.string(),
  /** {@link imageKey} of what it was built from. */
  key: z.string(),
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
}

/** Names what a recipe gives: equal keys mean equal images. */
export function imageKey(recipe: ImageRecipe): string {
  return hashOf(BUILDER_VERSION, JSON.stringify(recipe));
}

/** The image of a runtime, or undefined when it is absent, cut short, or was built from another recipe. */
export async function findImage(paths: Paths, id: RuntimeId): Promise<ImageEntry | undefined> {
  const recipe = RUNTIMES.find((runtime) => runtime.id === id)?.version.image;
  if (!recipe) return undefined;
  const files = imageFiles(paths.imagesDir, id);
  let record: ImageRecord;
  try {
    record = imageRecordSchema.parse(JSON.parse(await readFile(files.record, 'utf8')));
  } catch {
    return undefined;
  }
  if (record.id !== id || record.key !== imageKey(recipe)) return undefined;
  const size = await stat(files.rootfs).then(
    (file) => file.size,
    () => undefined,
  );
  if (size !== record.sizeBytes) return undefined;
  return { id, path: files.rootfs, sizeBytes: record.sizeBytes, builtAt: new Date(record.builtAt) };
}

/** The images that can be used now, in the catalogue's order. */
export async function listImages(paths: Paths): Promise<ImageEntry[]> {
  const entries = await Promise.all(RUNTIMES.map(async (runtime) => findImage(paths, runtime.id)));
  return entries.filter((entry) => entry !== undefined);
}

/** Removes an image; VMs that run from it are not disturbed. @returns whether there was one */
export async function removeImage(paths: Paths, id: RuntimeId): Promise<boolean> {
  const files = imageFiles(paths.imagesDir, id);
  let names: string[] = [];
  try {
    names = await readdir(paths.imagesDir);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  const existed = names.some(
    (name) => files.record.endsWith(`/${name}`) || files.rootfs.endsWith(`/${name}`),
  );
  await rm(files.record, { force: true });
  await rm(files.rootfs, { force: true });
  return existed;
}

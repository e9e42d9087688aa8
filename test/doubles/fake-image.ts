import { mkdirSync, writeFileSync } from 'node:fs';
import { imageKey, recipeOf } from '../../src/images/store.ts';
import type { ImageRecord } from '../../src/images/store.ts';
import type { RuntimeId } from '../../src/runtimes/schema.ts';
import { imageFiles } from '../../src/sys/paths.ts';

/** The record of an image that was built from the recipe of today. */
export function fakeRecord(id: RuntimeId, different: Partial<ImageRecord> = {}): ImageRecord {
  const recipe = recipeOf(id);
  if (!recipe) throw new Error(`${id} has no recipe`);
  return {
    id,
    key: imageKey(recipe, different.additions),
    version: id,
    base: 'bookworm',
    packages: {},
    sizeBytes: 1,
    sha256: '',
    builtAt: '2026-01-01T00:00:00Z',
    ...different,
  };
}

/** Makes a runtime look installed; its root file system is a byte that only a fake driver can boot. */
export function installFakeImage(imagesDir: string, id: RuntimeId): void {
  mkdirSync(imagesDir, { recursive: true });
  writeFileSync(imageFiles(imagesDir, id).rootfs, 'x');
  writeFileSync(imageFiles(imagesDir, id).record, JSON.stringify(fakeRecord(id)));
}

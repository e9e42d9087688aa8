import { mkdirSync, writeFileSync } from 'node:fs';
import { imageKey } from '../../src/images/store.ts';
import { RUNTIMES } from '../../src/runtimes/catalogue.ts';
import type { RuntimeId } from '../../src/runtimes/schema.ts';
import { imageFiles } from '../../src/sys/paths.ts';

/** Makes a runtime look installed; its root file system is a byte that only a fake driver can boot. */
export function installFakeImage(imagesDir: string, id: RuntimeId): void {
  const recipe = RUNTIMES.find((runtime) => runtime.id === id)?.version.image;
  if (!recipe) throw new Error(`${id} has no recipe`);
  const record = { id, key: imageKey(recipe), sizeBytes: 1, sha256: '', builtAt: '2026-01-01T00:00:00Z' };
  mkdirSync(imagesDir, { recursive: true });
  writeFileSync(imageFiles(imagesDir, id).rootfs, 'x');
  writeFileSync(imageFiles(imagesDir, id).record, JSON.stringify(record));
}

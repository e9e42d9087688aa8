import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeRecord } from '../../test/doubles/fake-image.ts';
import type { RuntimeId } from '../runtimes/schema.ts';
import { imageFiles, tvmPaths } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { InstalledImages } from './installed.ts';
import { removeImage } from './store.ts';

let folder: string;
let paths: Paths;
let clock: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-installed-'));
  paths = tvmPaths({ config: folder, cache: folder, state: folder, runtime: folder });
  clock = 1_700_000_000;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Gives the folder another time of change: real ones may be equal within a tick of the kernel's clock. */
function touch(): void {
  clock += 1;
  utimesSync(paths.imagesDir, clock, clock);
}

function install(id: RuntimeId): void {
  const record = fakeRecord(id, { sizeBytes: 3 });
  const files = imageFiles(paths.imagesDir, id);
  mkdirSync(paths.imagesDir, { recursive: true });
  writeFileSync(files.rootfs, 'abc');
  writeFileSync(files.record, JSON.stringify(record));
  touch();
}

describe('the installed images', () => {
  const ids = async (images: InstalledImages): Promise<string[]> => [...(await images.current()).keys()];

  it('are none as long as there is no folder', async () => {
    const images = new InstalledImages(paths);
    expect(await ids(images)).toEqual([]);
    expect(await ids(images)).toEqual([]);
  });

  it('are noticed when another process builds the first, a further one, or removes one', async () => {
    const images = new InstalledImages(paths);
    expect(await ids(images)).toEqual([]);
    install('javascript@20');
    expect(await ids(images)).toEqual(['javascript@20']);
    install('python@3.11');
    expect(await ids(images)).toEqual(['python@3.11', 'javascript@20']);
    await removeImage(paths, 'javascript@20');
    touch();
    expect(await ids(images)).toEqual(['python@3.11']);
    rmSync(paths.imagesDir, { recursive: true });
    expect(await ids(images)).toEqual([]);
  });

  it('are not read again while nothing changes', async () => {
    install('python@3.11');
    const images = new InstalledImages(paths);
    const first = await images.current();
    expect(await images.current()).toBe(first);
    touch();
    expect(await images.current()).not.toBe(first);
  });

  it('carry the path of their root file system', async () => {
    install('python@3.11');
    const image = (await new InstalledImages(paths).current()).get('python@3.11');
    expect(image?.path).toBe(join(paths.imagesDir, 'python@3.11.erofs'));
  });
});

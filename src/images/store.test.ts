import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeRecord } from '../../test/doubles/fake-image.ts';
import { RUNTIMES } from '../runtimes/catalogue.ts';
import type { ImageRecipe, RuntimeId } from '../runtimes/schema.ts';
import { imageFiles, tvmPaths } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { findAdditions, findImage, imageKey, listImages, recipeOf, removeImage } from './store.ts';
import type { ImageRecord } from './store.ts';

let folder: string;
let paths: Paths;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-images-'));
  paths = tvmPaths({ config: folder, cache: folder, state: folder, runtime: folder });
  mkdirSync(paths.imagesDir, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const ADDITIONS = { packages: ['jq'], npm: [], copy: [] };

const BUILT_AT = '2026-01-02T03:04:05.678Z';

function recordOf(id: RuntimeId): ImageRecord {
  return fakeRecord(id, { sizeBytes: 3, sha256: '0'.repeat(64), builtAt: BUILT_AT });
}

/** Puts an image in place, with another record than its own if one is given. */
function install(id: RuntimeId, record: unknown = recordOf(id)): void {
  const files = imageFiles(paths.imagesDir, id);
  writeFileSync(files.rootfs, 'abc');
  writeFileSync(files.record, typeof record === 'string' ? record : JSON.stringify(record));
}

describe('the key of an image', () => {
  const python = recipeOf('python@3.11') as ImageRecipe;

  it('is the same for the same recipe', () => {
    expect(imageKey(structuredClone(python))).toBe(imageKey(python));
    expect(imageKey(python)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is another for each recipe, however small the difference', () => {
    const keys = RUNTIMES.flatMap(({ version }) => (version.image ? [imageKey(version.image)] : []));
    expect(new Set(keys).size).toBe(keys.length);
    const packages = [...(python.base.kind === 'debian' ? python.base.packages : []), 'jq'];
    expect(imageKey({ ...python, base: { kind: 'debian', suite: 'bookworm', packages } })).not.toBe(
      imageKey(python),
    );
    expect(imageKey({ ...python, links: {} })).not.toBe(imageKey(python));
    expect(imageKey(python, ADDITIONS)).not.toBe(imageKey(python));
  });
});

describe('finding an image', () => {
  it('finds one that was built from the recipe of today', async () => {
    install('python@3.11');
    expect(await findImage(paths, 'python@3.11')).toEqual({
      id: 'python@3.11',
      path: join(paths.imagesDir, 'python@3.11.erofs'),
      sizeBytes: 3,
      builtAt: new Date(BUILT_AT),
      version: 'python@3.11',
      base: 'bookworm',
    });
  });

  it('finds none without a record: the image may be half built', async () => {
    expect(await findImage(paths, 'python@3.11')).toBeUndefined();
    writeFileSync(imageFiles(paths.imagesDir, 'python@3.11').rootfs, 'half');
    expect(await findImage(paths, 'python@3.11')).toBeUndefined();
  });

  it('finds none in a folder that is not there', async () => {
    rmSync(paths.imagesDir, { recursive: true });
    expect(await findImage(paths, 'python@3.11')).toBeUndefined();
    expect(await listImages(paths)).toEqual([]);
  });

  it.each([
    ['built from another recipe', { key: '0'.repeat(64) }],
    ['of another runtime', { id: 'javascript@20' }],
    ['with a size that is none', { sizeBytes: -1 }],
    ['with a time that is none', { builtAt: 'yesterday' }],
    ['with a field too many', { more: 1 }],
    ['with a field too few', { sha256: undefined }],
  ])('finds none %s', async (_what, different) => {
    install('python@3.11', { ...recordOf('python@3.11'), ...different });
    expect(await findImage(paths, 'python@3.11')).toBeUndefined();
  });

  it('finds none with a damaged record, whatever the damage, and does not fail', async () => {
    const good = JSON.stringify(recordOf('python@3.11'));
    const cut = fc.nat(good.length - 1).map((length) => good.slice(0, length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(cut, fc.string({ unit: 'binary' }), fc.json()), async (record) => {
        install('python@3.11', record);
        expect(await findImage(paths, 'python@3.11')).toBeUndefined();
      }),
    );
  });

  it('finds none of a runtime that this release cannot build, or does not know', async () => {
    for (const id of ['python@4.0', 'cobol@1', '../x@1'] as const) {
      const { rootfs, record } = imageFiles(paths.imagesDir, id);
      writeFileSync(rootfs, 'abc');
      writeFileSync(record, JSON.stringify({ ...recordOf('python@3.11'), id }));
      expect(await findImage(paths, id)).toBeUndefined();
    }
  });
});

describe("a user's own image", () => {
  const id = 'python@3.11-mine';

  it('is found by the version that it begins with and the additions in its record', async () => {
    install(id, fakeRecord(id, { sizeBytes: 3, additions: ADDITIONS }));
    expect(await findImage(paths, id)).toMatchObject({ id, sizeBytes: 3 });
    expect(await findAdditions(paths, id)).toEqual(ADDITIONS);
    expect((await listImages(paths)).map((image) => image.id)).toEqual([id]);
  });

  it('is outdated when its version is built from another recipe, and can be built again', async () => {
    install(id, { ...fakeRecord(id, { sizeBytes: 3, additions: ADDITIONS }), key: '0'.repeat(64) });
    expect(await findImage(paths, id)).toBeUndefined();
    expect(await findAdditions(paths, id)).toEqual(ADDITIONS);
  });

  it('is none without additions, nor is one of the catalogue with them', async () => {
    install(id, fakeRecord(id, { sizeBytes: 3 }));
    install('python@3.11', fakeRecord('python@3.11', { sizeBytes: 3, additions: ADDITIONS }));
    install('python@4.0-mine', { ...fakeRecord(id, { additions: ADDITIONS }), id: 'python@4.0-mine' });
    expect(await listImages(paths)).toEqual([]);
  });
});

describe('listing images', () => {
  it('gives those that can be used, in the order of the catalogue', async () => {
    install('javascript@20');
    install('javascript@16', 'damaged');
    install('javascript@18');
    install('python@3.11');
    const ids = (await listImages(paths)).map((image) => image.id);
    expect(ids).toEqual(['python@3.11', 'javascript@18', 'javascript@20']);
  });
});

describe('removing an image', () => {
  it('removes all of it and nothing else', async () => {
    install('javascript@18');
    install('javascript@20');
    expect(await removeImage(paths, 'javascript@18')).toBe(true);
    expect(readdirSync(paths.imagesDir).toSorted()).toEqual(['javascript@20.erofs', 'javascript@20.json']);
    expect(await findImage(paths, 'javascript@18')).toBeUndefined();
  });

  it.each(['rootfs', 'record'] as const)(
    'removes what is left of one when only its %s is there',
    async (part) => {
      writeFileSync(imageFiles(paths.imagesDir, 'python@3.11')[part], 'x');
      expect(await removeImage(paths, 'python@3.11')).toBe(true);
      expect(readdirSync(paths.imagesDir)).toEqual([]);
    },
  );

  it('says when there was none, with or without a folder', async () => {
    expect(await removeImage(paths, 'python@3.11')).toBe(false);
    rmSync(paths.imagesDir, { recursive: true });
    expect(await removeImage(paths, 'python@3.11')).toBe(false);
  });
});

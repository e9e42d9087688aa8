import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRuntimeId, RUNTIMES } from '../runtimes/catalogue.ts';
import { customOrder, isCustom } from './order.ts';
import type { CustomRequest } from './order.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-order-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data/a.txt'), 'a');
});
afterEach(() => rmSync(folder, { recursive: true }));

const NOTHING: CustomRequest = { with: [], withNpm: [], copy: [] };

async function order(runtimes: readonly string[], request: Partial<CustomRequest>) {
  const options = { cwd: folder, signal: new AbortController().signal };
  return customOrder(runtimes.map(parseRuntimeId), { ...NOTHING, ...request }, options);
}

describe('a runtime of a user’s own', () => {
  it('takes what a link to be copied leads to, not the link', async () => {
    symlinkSync('data', join(folder, 'link'));
    const copied = async (from: string) =>
      (await order(['python@3.11'], { name: 'x', copy: [`${from}:/opt`] })).additions?.copy[0];
    expect(await copied('link')).toEqual(await copied('data'));
  });

  it('is a version with a name and additions', async () => {
    const request = {
      name: 'numpy',
      with: ['python3-numpy,python3-scipy', 'jq'],
      withNpm: ['lodash@4.17.21', '@types/node@20.1.0-rc.1'],
      copy: ['./data:/opt/data/'],
    };
    expect(await order(['py@3.11'], request)).toEqual({
      id: 'python@3.11-numpy',
      additions: {
        packages: ['python3-numpy', 'python3-scipy', 'jq'],
        npm: request.withNpm,
        copy: [
          { from: join(folder, 'data'), to: '/opt/data', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        ],
      },
    });
  });

  it('knows by its hash when a folder changed', async () => {
    const hash = async (): Promise<string | undefined> =>
      (await order(['python@3.11'], { name: 'x', copy: ['data:/opt'] })).additions?.copy[0]?.sha256;
    const before = await hash();
    expect(await hash()).toBe(before);
    writeFileSync(join(folder, 'data/a.txt'), 'b');
    expect(await hash()).not.toBe(before);
  });

  it('may have an OCI image as its base', async () => {
    expect(await order(['python@3.11'], { name: 'mine', oci: 'localhost:5000/python:mine' })).toEqual({
      id: 'python@3.11-mine',
      additions: { packages: [], npm: [], copy: [], oci: 'localhost:5000/python:mine' },
    });
  });

  it.each<[string, string[], Partial<CustomRequest>]>([
    ['--name: is missing', ['python@3.11'], { with: ['jq'] }],
    [
      '--name: "Numpy" is not allowed; it must be 1 to 32 lower-case',
      ['python@3.11'],
      { name: 'Numpy', with: ['jq'] },
    ],
    ['--name: "-x" is not allowed', ['python@3.11'], { name: '-x', with: ['jq'] }],
    ['--name: "../x" is not allowed', ['python@3.11'], { name: '../x', with: ['jq'] }],
    ['--name: needs exactly one version', ['python@3.11', 'javascript@20'], { name: 'x', with: ['jq'] }],
    ['--name: needs exactly one version', [], { name: 'x', with: ['jq'] }],
    ['--name: needs exactly one version', ['python@3.11-y'], { name: 'x', with: ['jq'] }],
    ['--name: needs one of --with', ['python@3.11'], { name: 'x' }],
    ['--with: "a b" is not the name', ['python@3.11'], { name: 'x', with: ['a b'] }],
    ['--with: "--force" is not the name', ['python@3.11'], { name: 'x', with: ['--force'] }],
    [
      '--with-npm: "lodash" is not an npm package with its exact',
      ['python@3.11'],
      { name: 'x', withNpm: ['lodash'] },
    ],
    ['--with-npm: "lodash@^4.0.0"', ['python@3.11'], { name: 'x', withNpm: ['lodash@^4.0.0'] }],
    ['--with-npm: "../x@1.0.0"', ['python@3.11'], { name: 'x', withNpm: ['../x@1.0.0'] }],
    ['--copy: "data" is not FOLDER:PATH', ['python@3.11'], { name: 'x', copy: ['data'] }],
    ['--copy: "data:opt" is not FOLDER:PATH', ['python@3.11'], { name: 'x', copy: ['data:opt'] }],
    ['--copy: / cannot hold a copy', ['python@3.11'], { name: 'x', copy: ['data:/'] }],
    ['--copy: /tmp/x cannot hold a copy', ['python@3.11'], { name: 'x', copy: ['data:/opt/../tmp/x'] }],
    ['--copy: there is no file or folder', ['python@3.11'], { name: 'x', copy: ['missing:/opt/x'] }],
    ['--oci: "python:3.8" is not the full name', ['python@3.11'], { name: 'x', oci: 'python:3.8' }],
    [
      '--with: Debian packages can only be added to a Debian base; a.b/c has none',
      ['python@3.11'],
      { name: 'x', oci: 'a.b/c', with: ['jq'] },
    ],
  ])('is refused with: %s', async (message, runtimes, request) => {
    await expect(order(runtimes, request)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(message),
    });
  });

  it('is asked for by any of the options', () => {
    expect(isCustom(NOTHING)).toBe(false);
    for (const some of [{ name: 'x' }, { oci: 'x' }, { with: ['x'] }, { withNpm: ['x'] }, { copy: ['x'] }]) {
      expect(isCustom({ ...NOTHING, ...some })).toBe(true);
    }
  });
});

describe('its id', () => {
  it('stands for the version before the dash, in everything but the image', () => {
    for (const runtime of RUNTIMES) {
      const own = parseRuntimeId(`${runtime.id}-my-own`);
      expect(own).toMatchObject({ id: `${runtime.id}-my-own`, language: runtime.language });
      expect(own.commands).toBe(runtime.commands);
      expect(own.version.image).toBeUndefined();
    }
  });

  it.each([
    'python@3.11-',
    'python@3.11-A',
    'python@3.11-a/b',
    'python@9-a',
    `python@3.11-${'a'.repeat(33)}`,
  ])('%s is none', (id) => {
    expect(() => parseRuntimeId(id)).toThrow(expect.objectContaining({ code: 'unknown_language' }));
  });
});

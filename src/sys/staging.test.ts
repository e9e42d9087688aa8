import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, makeStagingFolder, STAGING_PREFIX } from './staging.ts';

/** A folder of the kernel, in which not even root can make another. */
const UNWRITABLE = '/sys/kernel';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-staging-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const unready = { code: 'host_unready', message: /cannot write to .*XDG_CACHE_HOME, XDG_STATE_HOME/ };

describe('a staging folder', () => {
  it('lies in its parent, which is made, under a name that marks it as garbage, for the user alone', async () => {
    const parent = join(folder, 'a', 'b');
    await using staging = await makeStagingFolder(parent);
    expect(dirname(staging.path)).toBe(parent);
    expect(readdirSync(parent)).toEqual([staging.path.slice(parent.length + 1)]);
    expect(readdirSync(parent)[0]?.startsWith(STAGING_PREFIX)).toBe(true);
    expect(statSync(staging.path).mode & 0o777).toBe(0o700);
  });

  it('vanishes with all that is in it, also after a failure', async () => {
    let path = '';
    const work = async (): Promise<void> => {
      await using staging = await makeStagingFolder(folder);
      path = staging.path;
      writeFileSync(join(path, 'half-built'), 'x');
      throw new Error('the build failed');
    };
    await expect(work()).rejects.toThrow('the build failed');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves what was renamed out of it', async () => {
    const target = join(folder, 'built');
    {
      await using staging = await makeStagingFolder(folder);
      await makeFolder(join(staging.path, 'tree'));
      await rename(join(staging.path, 'tree'), target);
    }
    expect(readdirSync(folder)).toEqual(['built']);
  });

  it('may have vanished before', async () => {
    const staging = await makeStagingFolder(folder);
    rmSync(staging.path, { recursive: true });
    await staging[Symbol.asyncDispose]();
    await staging[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has another name each time', async () => {
    await using first = await makeStagingFolder(folder);
    await using second = await makeStagingFolder(folder);
    expect(first.path).not.toBe(second.path);
  });

  it('in a folder that cannot be written is host_unready', async () => {
    await expect(makeStagingFolder(UNWRITABLE)).rejects.toMatchObject(unready);
  });
});

describe('making a folder', () => {
  it('makes its parents and all of them private, and does not mind one that exists', async () => {
    const path = join(folder, 'a', 'b');
    await makeFolder(path);
    await makeFolder(path);
    for (const made of [path, dirname(path)]) expect(statSync(made).mode & 0o777).toBe(0o700);
  });

  it('below a file is host_unready and names the folder', async () => {
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 'sub');
    await expect(makeFolder(path)).rejects.toMatchObject(unready);
    await expect(makeFolder(path)).rejects.toThrow(`cannot write to ${path} (`);
  });

  it('that cannot be written is host_unready', async () => {
    await expect(makeFolder(join(UNWRITABLE, 'tvm'))).rejects.toMatchObject(unready);
  });

  it('in the place of a file is a failure of another kind', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    await expect(makeFolder(path)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

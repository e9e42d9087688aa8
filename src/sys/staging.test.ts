import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { identityOf } from './process-identity.ts';
import { makeFolder, makeStagingFolder, STAGING_PREFIX, sweepStagingFolders } from './staging.ts';

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
  it('makes its parents, as open as the umask lets them be, and does not mind one that exists', async () => {
    const plain = join(folder, 'plain');
    mkdirSync(plain);
    const path = join(folder, 'a', 'b');
    await makeFolder(path);
    await makeFolder(path);
    // Jailed VM processes, which are nobody, read files in cache folders.
    for (const made of [path, dirname(path)]) expect(statSync(made).mode).toBe(statSync(plain).mode);
  });

  it('leaves the mode of one that exists', async () => {
    const path = join(folder, 'private');
    mkdirSync(path, { mode: 0o700 });
    await makeFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
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

describe('sweeping staging folders', () => {
  /** A folder with something in it. */
  function make(name: string): void {
    mkdirSync(join(folder, name, 'sub'), { recursive: true });
    writeFileSync(join(folder, name, 'sub', 'file'), 'x');
  }

  async function left(): Promise<string[]> {
    await sweepStagingFolders(folder);
    return readdirSync(folder).sort();
  }

  it('leaves those of living builders, this process among them', async () => {
    const other = spawn('sleep', ['300']);
    onTestFinished(() => void other.kill('SIGKILL'));
    const identity = identityOf(other.pid ?? 0);
    make(`${STAGING_PREFIX}${identity?.pid}-${identity?.startTicks}-abcdef`);
    await using mine = await makeStagingFolder(folder);
    expect(existsSync(mine.path)).toBe(true);
    expect(await left()).toHaveLength(2);

    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await left()).toEqual([mine.path.slice(folder.length + 1)]);
  });

  it('removes those whose builder is dead, with all that is in them', async () => {
    const dead = spawn('sleep', ['300']);
    const identity = identityOf(dead.pid ?? 0);
    make(`${STAGING_PREFIX}${dead.pid}-${identity?.startTicks}-abcdef`);
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    expect(await left()).toEqual([]);
  });

  it('knows that a pid was used again', async () => {
    const { pid, startTicks } = identityOf(process.pid) ?? { pid: 0, startTicks: '' };
    make(`${STAGING_PREFIX}${pid}-${Number(startTicks) - 1}-abcdef`);
    expect(await left()).toEqual([]);
  });

  it('leaves everything else, and what it cannot understand', async () => {
    const names = [`${STAGING_PREFIX}abcdef`, `${STAGING_PREFIX}-1-abcdef`, 'x.staging-1-2-abcdef', 'images'];
    for (const name of names) make(name);
    expect(await left()).toEqual(names.toSorted());
  });

  it('does not mind a folder that does not exist', async () => {
    await sweepStagingFolders(join(folder, 'nowhere'));
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });
});

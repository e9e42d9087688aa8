import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextFile } from '../../sys/paths.ts';
import { hashKey, makeKey } from './api-key.ts';
import type { StoredKey } from './api-key.ts';
import { changeKeyFile, readKeyFile } from './key-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-keys-'));
  file = join(folder, 'config', 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const stored = (name: string): StoredKey => ({
  name,
  sha256: hashKey(makeKey()),
  createdAt: '2026-11-21T12:00:00.000Z',
});
const add = async (key: StoredKey): Promise<void> => changeKeyFile(file, (keys) => [...keys, key]);

describe('the file of keys', () => {
  it('is none at first, and then what was put in it, for its owner alone', async () => {
    expect(readKeyFile(file)).toBeUndefined();
    const [a, b] = [stored('a'), stored('b')];
    await add(a);
    await add(b);
    expect(readKeyFile(file)?.keys).toEqual([a, b]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'config')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'config'))).toEqual(['keys.json']);
  });

  it('has another stamp after each change', async () => {
    const stamps = new Set<string | undefined>();
    for (let i = 0; i < 20; i += 1) {
      await changeKeyFile(file, () => [stored('a')]);
      stamps.add(readKeyFile(file)?.stamp);
    }
    expect(stamps.size).toBe(20);
  });

  it('loses nothing of changes at the same time, and can always be read meanwhile', async () => {
    await changeKeyFile(file, () => []);
    const names = Array.from({ length: 30 }, (_, at) => `k${at}`);
    const changes = new AbortController();
    const reader = (async () => {
      for (; !changes.signal.aborted; await new Promise(setImmediate)) readKeyFile(file);
    })();
    await Promise.all(names.map(async (name) => add(stored(name))));
    changes.abort();
    await reader;
    expect(
      readKeyFile(file)
        ?.keys.map(({ name }) => name)
        .toSorted(),
    ).toEqual(names.toSorted());
  });

  it('stays as it was when a change is given up', async () => {
    await add(stored('a'));
    const before = readFileSync(file, 'utf8');
    await expect(
      changeKeyFile(file, () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(nextFile(file))).toBe(false);
    await add(stored('b'));
  });

  it('is not changed while another change is under way, or was killed', async () => {
    await add(stored('a'));
    writeFileSync(nextFile(file), '');
    await expect(add(stored('b'))).rejects.toMatchObject({
      code: 'host_unready',
      message: `another command is changing the API keys: ${nextFile(file)} exists`,
    });
    expect(readKeyFile(file)?.keys).toHaveLength(1);
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"version":1,"keys":[{"na'],
    ['another version', '{"version":2,"keys":[]}'],
    [
      'a hash that is none',
      `{"version":1,"keys":[${JSON.stringify({ name: 'a', sha256: 'x', created_at: '2026-11-21T12:00:00.000Z' })}]}`,
    ],
    ['an unknown field', '{"version":1,"keys":[],"x":1}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['too much', `{"version":1,"keys":[]}${' '.repeat(1024 * 1024)}`],
  ])('is damaged with %s in it, and is not changed then', async (_what, text) => {
    await add(stored('a'));
    writeFileSync(file, text);
    const damaged = {
      code: 'config_invalid',
      message: expect.stringContaining(`the file of API keys cannot be used: ${file}: `) as string,
    };
    expect(() => readKeyFile(file)).toThrow(expect.objectContaining(damaged) as Error);
    await expect(add(stored('b'))).rejects.toMatchObject(damaged);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is damaged with one name twice', async () => {
    await expect(
      changeKeyFile(file, () => [stored('a'), stored('a')]).then(() => readKeyFile(file)),
    ).rejects.toMatchObject({ message: expect.stringContaining('keys: a name occurs twice') as string });
  });

  it.each([0o620, 0o602, 0o666])('is not trusted when others may write to it (%o)', async (mode) => {
    await add(stored('a'));
    chmodSync(file, mode);
    expect(() => readKeyFile(file)).toThrow('others may write to it');
    chmodSync(file, 0o644);
    expect(readKeyFile(file)?.keys).toHaveLength(1);
  });

  it('is damaged where it is no file', async () => {
    await expect(changeKeyFile(folder, (keys) => keys)).rejects.toMatchObject({ code: 'config_invalid' });
  });
});

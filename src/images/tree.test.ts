import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FIXED_TIME_S, fixTimes, furnishTree } from './tree.ts';

let folder: string;
let tree: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-furnish-'));
  tree = join(folder, 'tree');
  mkdirSync(join(tree, 'etc'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (path: string): string => readFileSync(join(tree, path), 'utf8');

it('gives programs their user, whoever had the number before', async () => {
  writeFileSync(
    join(tree, 'etc/passwd'),
    'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
  );
  writeFileSync(join(tree, 'etc/shadow'), 'root:*:20000:0:99999:7:::\nnode:!:20001::::::\n');
  await furnishTree(tree, { files: { '/opt/a/b.txt': 'text' }, links: { '/usr/local/bin/x': '/usr/bin/y' } });
  expect(read('etc/passwd')).toBe(
    'root:x:0:0::/root:/bin/sh\nrunner:x:1000:1000:runner:/workspace:/bin/bash\n',
  );
  expect(read('etc/group')).toBe('root:x:0:\nrunner:x:1000:\n');
  expect(read('etc/shadow')).toBe('root:*:18262:0:99999:7:::\nnode:!:18262::::::\n');
  expect(read('opt/a/b.txt')).toBe('text');
  expect(statSync(join(tree, 'workspace')).isDirectory()).toBe(true);
});

it('writes nothing outside the tree, whatever links an image brings', async () => {
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'passwd'), 'host');
  rmSync(join(tree, 'etc'), { recursive: true });
  symlinkSync(outside, join(tree, 'etc'));
  symlinkSync(outside, join(tree, 'tmp'));
  symlinkSync('../outside', join(tree, 'opt'));
  await furnishTree(tree, { files: { '/opt/file': 'text' } });
  expect(readFileSync(join(outside, 'passwd'), 'utf8')).toBe('host');
  expect(lstatSync(join(tree, 'tmp')).isDirectory()).toBe(true);
  expect(readFileSync(join(tree, 'outside/file'), 'utf8')).toBe('text');
});

it('fixes times, what Python compiled for the old ones, and takes away set-user-id bits', async () => {
  const pyc = join(tree, 'a.pyc');
  const header = Buffer.from('a70d0d0a00000000ffffffff0500000000', 'hex');
  writeFileSync(pyc, header);
  const hashed = Buffer.from('a70d0d0a01000000ffffffff0500000000', 'hex');
  writeFileSync(join(tree, 'hashed.pyc'), hashed);
  writeFileSync(join(tree, 'short.pyc'), 'x');
  writeFileSync(join(tree, 'su'), '');
  chmodSync(join(tree, 'su'), 0o6755);
  symlinkSync('nowhere', join(tree, 'link'));
  await fixTimes(tree, new AbortController().signal);
  expect(readFileSync(pyc).readUInt32LE(8)).toBe(FIXED_TIME_S);
  expect(readFileSync(join(tree, 'hashed.pyc'))).toEqual(hashed);
  expect(statSync(join(tree, 'su')).mode & 0o7777).toBe(0o755);
  for (const name of ['.', 'etc', 'a.pyc', 'link']) {
    expect(lstatSync(join(tree, name)).mtimeMs).toBe(FIXED_TIME_S * 1000);
  }
});

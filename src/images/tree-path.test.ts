import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInTree, makeFolderInTree, makeRoomInTree, textInTree } from './tree-path.ts';

let folder: string;
let tree: string;
let outside: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-tree-'));
  tree = join(folder, 'tree');
  outside = join(folder, 'outside');
  mkdirSync(join(tree, 'usr/lib'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, 'file'), 'precious');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a path in a tree', () => {
  it('goes through links as they are once the tree is a root', async () => {
    symlinkSync('usr/lib', join(tree, 'lib'));
    symlinkSync('/usr/lib', join(tree, 'lib64'));
    symlinkSync('lib', join(tree, 'again'));
    for (const name of ['lib', 'lib64', 'again', 'usr/../lib', 'lib/../lib', '../../lib']) {
      expect(await findInTree(tree, `${name}/libc.so`)).toBe(join(tree, 'usr/lib/libc.so'));
      expect(await findInTree(tree, `/${name}/.`)).toBe(join(tree, 'usr/lib'));
    }
  });

  it('never leads out of the tree', async () => {
    symlinkSync(outside, join(tree, 'absolute'));
    symlinkSync('../../outside', join(tree, 'relative'));
    expect(await findInTree(tree, 'absolute/file')).toBeUndefined();
    expect(await findInTree(tree, 'relative/file')).toBeUndefined();
    const made = await makeRoomInTree(tree, 'absolute/file');
    expect(made).toBe(join(tree, outside, 'file'));
    expect(await makeRoomInTree(tree, 'relative/file')).toBe(join(tree, 'outside/file'));
    expect(readdirSync(outside)).toEqual(['file']);
  });

  it('does not follow its last name, which is removed when room is made', async () => {
    symlinkSync(join(outside, 'file'), join(tree, 'link'));
    expect(await makeRoomInTree(tree, 'link')).toBe(join(tree, 'link'));
    expect(readdirSync(tree)).toEqual(['usr']);
    expect(readdirSync(outside)).toEqual(['file']);
    expect(await makeRoomInTree(tree, 'usr/lib')).toBe(join(tree, 'usr/lib'));
    expect(readdirSync(join(tree, 'usr'))).toEqual([]);
  });

  it('ends where links go in circles or a file is in the way', async () => {
    symlinkSync('b', join(tree, 'a'));
    symlinkSync('a', join(tree, 'b'));
    writeFileSync(join(tree, 'file'), '');
    for (const path of ['a/x', 'file/x']) {
      expect(await findInTree(tree, path)).toBeUndefined();
      await expect(makeRoomInTree(tree, path)).rejects.toMatchObject({ code: 'build_failed' });
      await expect(makeFolderInTree(tree, path)).rejects.toMatchObject({ code: 'build_failed' });
    }
    await expect(makeRoomInTree(tree, '/')).rejects.toMatchObject({ code: 'build_failed' });
  });
});

describe('the text of a file in a tree', () => {
  it('is that of a file, also through folders that are links', async () => {
    symlinkSync('/usr/lib', join(tree, 'lib'));
    writeFileSync(join(tree, 'usr/lib/os-release'), 'text');
    expect(await textInTree(tree, 'lib/os-release')).toBe('text');
    expect(await textInTree(tree, 'usr/lib/missing')).toBe('');
  });

  it('is empty for a link, a pipe and a folder: none of them is opened', async () => {
    symlinkSync(join(outside, 'file'), join(tree, 'link'));
    symlinkSync('/dev/zero', join(tree, 'endless'));
    execFileSync('mkfifo', [join(tree, 'pipe')]);
    for (const name of ['link', 'endless', 'pipe', 'usr']) expect(await textInTree(tree, name)).toBe('');
  });

  it('is refused when it is larger than any such file', async () => {
    truncateSync(join(outside, 'file'), 33 * 1024 * 1024);
    renameSync(join(outside, 'file'), join(tree, 'large'));
    await expect(textInTree(tree, 'large')).rejects.toThrow('large: is too large');
  });
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { globPattern, removeGlobs, trimTree } from './trim.ts';

let tree: string;
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'tvm-trim-'));
});
afterEach(() => rmSync(tree, { recursive: true }));

function put(path: string, text = ''): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

describe('a glob', () => {
  it.each([
    ['usr/*', ['usr/a', 'usr/.a'], ['usr', 'usr/a/b', 'xusr/a']],
    ['**/test', ['test', 'a/test', 'a/b/test'], ['atest', 'test/a']],
    ['usr/**', ['usr/a', 'usr/a/b'], ['usr', 'usra']],
    ['usr/{a,b*}/c', ['usr/a/c', 'usr/bx/c'], ['usr/c', 'usr/ax/c']],
    ['a?c.so+', ['abc.so+'], ['ac.so+', 'a/c.so+', 'abcxso+', 'abc.soo']],
  ])('%s', (glob, matching, others) => {
    expect(matching.filter((path) => !globPattern(glob).test(path))).toEqual([]);
    expect(others.filter((path) => globPattern(glob).test(path))).toEqual([]);
  });

  it('removes files, folders and links, and follows none', async () => {
    for (const path of ['a/x.txt', 'b/x.txt', 'b/y.md', 'c/d/e']) put(path);
    symlinkSync('b', join(tree, 'link'));
    symlinkSync('../c', join(tree, 'a/l'));
    await removeGlobs(tree, ['**/*.txt', 'link', 'a/l', 'c/d', 'missing/*']);
    expect(readdirSync(tree, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual([
      'a',
      'b',
      'b/y.md',
      'c',
    ]);
  });
});

describe('trimming', () => {
  const installed = (name: string, version: string, depends = ''): string =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: ${version}\nDepends: ${depends}\n`;

  /** A small Debian: a merged /usr, and packages that own one program each. */
  function debian(): void {
    put('usr/bin/bash');
    symlinkSync('usr/bin', join(tree, 'bin'));
    const packages = {
      bash: '',
      dpkg: '',
      perl: 'perl-base',
      'perl-base': '',
      git: 'perl, libc6 (>= 2) | libc',
    };
    for (const name of Object.keys(packages)) {
      put(`usr/bin/${name}`);
      put(`var/lib/dpkg/info/${name}.list`, `/.\n/bin\n/bin/${name}\n`);
    }
    put('usr/share/perl5/Git.pm');
    put('usr/share/doc/bash/copyright');
    put('var/cache/ldconfig/aux-cache');
    put(
      'var/lib/dpkg/status',
      Object.entries(packages)
        .map(([name, depends]) => installed(name, '1.0', depends))
        .join('\n'),
    );
  }

  it('removes the packages that no program needs, the links of /usr stay', async () => {
    debian();
    await trimTree(tree, { remove: ['usr/bin/git'], requested: [], added: [] });
    expect(readdirSync(tree, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual(
      [
        'bin',
        'bin/bash',
        'usr',
        'usr/bin',
        'usr/bin/bash',
        'usr/share',
        'var',
        'var/cache',
        'var/lib',
      ].toSorted(),
    );
  });

  it.each([
    ['was asked for by name', { requested: ['perl'], added: [] }],
    ['is needed by what a user added', { requested: ['git'], added: ['git'] }],
  ])('keeps perl and its base when it %s', async (_what, options) => {
    debian();
    await trimTree(tree, { remove: [], ...options });
    expect(readdirSync(join(tree, 'usr/bin')).toSorted()).toEqual(['bash', 'git', 'perl', 'perl-base']);
    expect(existsSync(join(tree, 'usr/share/perl5/Git.pm'))).toBe(true);
  });

  it('leaves a tree of another system its programs', async () => {
    put('usr/bin/perl');
    await trimTree(tree, { remove: [], requested: [], added: [] });
    expect(readdirSync(join(tree, 'usr/bin'))).toEqual(['perl']);
  });
});

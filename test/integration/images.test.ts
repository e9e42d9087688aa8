import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Additions } from '../../src/images/additions.ts';
import { buildRootfs } from '../../src/images/rootfs.ts';
import type { BuiltRootfs } from '../../src/images/rootfs.ts';
import { probeTree, runSteps } from '../../src/images/steps.ts';
import { unreachableReason } from '../../src/images/unreachable.ts';
import type { ImageRecipe } from '../../src/runtimes/schema.ts';
import { hashOfFile } from '../../src/sys/hash.ts';
import { runTool } from '../../src/sys/process.ts';
import { makeDebianMirror } from '../support/debian-mirror.ts';
import type { DebianMirror } from '../support/debian-mirror.ts';
import { temporaryFolder } from '../support/real-host.ts';

/** A step that notes what it can see. */
const LOOK_AROUND = [
  'set -eu',
  'mkdir /opt/seen',
  'id -u >/opt/seen/uid',
  'env -u PWD -u SHLVL -u _ | sort >/opt/seen/environment',
  'ls /sys/class/net /proc/sys/net/ipv4/conf 2>/dev/null | grep -E "^(eth|en|wl)" >/opt/seen/network || true',
  'stat -c %Y /etc/passwd >/opt/seen/mtime',
  'touch /tmp/file',
].join('\n');

const RECIPE: ImageRecipe = {
  base: { kind: 'debian', suite: 'bookworm', packages: ['tzdata'] },
  files: { '/opt/text': 'text\n' },
  links: { '/opt/link': 'text' },
  steps: [['sh', '-c', LOOK_AROUND]],
  remove: ['opt/seen/network', 'usr/share/zoneinfo/right'],
  probe: { command: ['bash', '--version'], expect: 'GNU bash, version 5.2.' },
};

let mirror: DebianMirror;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  mirror = await makeDebianMirror('bookworm', ['tzdata', 'netbase']);
}, 600_000);
afterAll(async () => {
  await mirror[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function build(
  name: string,
  {
    recipe = RECIPE,
    additions,
    line = mirror.line,
  }: { recipe?: ImageRecipe; additions?: Additions; line?: string } = {},
): Promise<BuiltRootfs> {
  const scratch = join(folder.path, name);
  await mkdir(scratch);
  return buildRootfs({ recipe, additions, key: '0'.repeat(64) }, scratch, {
    signal: new AbortController().signal,
    progress: () => {},
    sources: { debianMirror: line },
  });
}

async function extract(image: BuiltRootfs): Promise<string> {
  const tree = `${image.path}.tree`;
  await runTool(['fsck.erofs', `--extract=${tree}`, image.path], { stdoutFile: '/dev/null' });
  return tree;
}

describe('an image from a local mirror', () => {
  it('has the same bytes each time, and holds what its recipe says', async () => {
    const first = await build('first');
    const second = await build('second-in-a-folder-with-another-name');
    expect(await hashOfFile(second.path)).toBe(await hashOfFile(first.path));
    expect(first).toMatchObject({
      base: 'bookworm',
      version: expect.stringMatching(/^GNU bash, version 5\.2\./),
    });
    expect(first.packages).toEqual({ tzdata: expect.stringMatching(/^20\d\d/) });

    const tree = await extract(first);
    const read = async (path: string): Promise<string> => readFile(join(tree, path), 'utf8');
    expect(await read('opt/link')).toBe('text\n');
    expect(await read('opt/seen/uid')).toBe('0\n');
    expect((await read('opt/seen/environment')).split('\n')).toEqual([
      'HOME=/tmp',
      'LANG=C.UTF-8',
      'PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
      'PYTHONHASHSEED=0',
      '',
    ]);
    expect(await read('opt/seen/mtime')).toBe(`${(await stat(join(tree, 'opt/text'))).mtimeMs / 1000}\n`);
    expect(await readdir(join(tree, 'opt/seen'))).not.toContain('network');
    expect(await readdir(join(tree, 'tmp'))).toEqual([]);
    for (const gone of ['usr/bin/apt', 'usr/bin/perl', 'usr/bin/dpkg', 'usr/share/doc', 'var/lib/dpkg']) {
      await expect(stat(join(tree, gone))).rejects.toMatchObject({ code: 'ENOENT' });
    }
    await checkLibraries(tree);
    await checkFailures(tree);
  }, 600_000);

  it('may have packages of Debian and npm and a folder added', async () => {
    const data = join(folder.path, 'data');
    await mkdir(data);
    await writeFile(join(data, 'a.txt'), 'a', { mode: 0o600 });
    const additions: Additions = {
      packages: ['netbase'],
      npm: ['left-pad@1.3.0'],
      copy: [{ from: data, to: '/opt/data', sha256: '' }],
    };
    const tree = await extract(await build('added', { additions }));
    expect(await readFile(join(tree, 'etc/services'), 'utf8')).toContain('https');
    expect(await readFile(join(tree, 'node_modules/left-pad/package.json'), 'utf8')).toContain('"1.3.0"');
    expect((await stat(join(tree, 'opt/data/a.txt'))).mode & 0o777).toBe(0o644);
  }, 600_000);

  it('is not made of a package that is nowhere, and the message says so', async () => {
    const additions: Additions = { packages: ['no-such-package'], npm: [], copy: [] };
    await expect(build('no-package', { additions })).rejects.toMatchObject({
      code: 'build_failed',
      message: expect.stringContaining('Debian bookworm has no package no-such-package'),
    });
  }, 600_000);
});

it('a mirror that cannot be reached is told from a build that fails', async () => {
  const error: unknown = await build('refused', { line: 'http://127.0.0.1:1/debian' }).catch(
    (reason: unknown) => reason,
  );
  expect(unreachableReason(error)).toBe("Debian's mirror: it refuses the connection");
  const lacking: unknown = await build('lacking', {
    recipe: { ...RECIPE, base: { kind: 'debian', suite: 'trixie', packages: [] } },
  }).catch((reason: unknown) => reason);
  expect(unreachableReason(lacking)).toBe("Debian's mirror: it does not have it");
}, 600_000);

/** Every program of the tree finds its libraries in it. */
async function checkLibraries(tree: string): Promise<void> {
  const script =
    'for file in /usr/bin/* /usr/sbin/*; do ldd "$file" 2>&1 | grep -H --label "$file" "not found"; done; true';
  const found = await runTool([
    ...(['bwrap', '--ro-bind', tree, '/', '--proc', '/proc', '--dev', '/dev', '--unshare-all'] as const),
    ...['sh', '-c', script],
  ]);
  expect(found).toBe('');
}

/** A step or a probe that fails is quoted. */
async function checkFailures(tree: string): Promise<void> {
  const step = ['sh', '-c', 'echo out; echo err >&2; exit 3'];
  const options = { signal: new AbortController().signal, progress: () => {} };
  await expect(runSteps(tree, [step], folder.path, options)).rejects.toMatchObject({
    code: 'build_failed',
    message: expect.stringMatching(/^the step sh -c .* failed: .*code 3[^]*out\nerr$/),
  });
  const probe = { command: ['bash', '--version'], expect: 'GNU bash, version 9' };
  await expect(probeTree(tree, { ...RECIPE, probe }, folder.path, options.signal)).rejects.toMatchObject({
    message: expect.stringMatching(
      /^the image of Debian bookworm holds "GNU bash, version 5.*, not "GNU bash, version 9"$/,
    ),
  });
  const writing = { command: ['touch', '/opt/file'], expect: '' };
  await expect(probeTree(tree, { ...RECIPE, probe: writing }, folder.path, options.signal)).rejects.toThrow(
    'Read-only file system',
  );
}

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSandbox } from '../../src/cli/fixtures/sandbox.ts';
import type { Ended, Sandbox } from '../../src/cli/fixtures/sandbox.ts';
import { findImage } from '../../src/images/store.ts';
import type { RuntimeId } from '../../src/runtimes/schema.ts';
import { runTool } from '../../src/sys/process.ts';
import { startOciRegistry } from '../support/oci-registry.ts';
import { isolatedConfig, temporaryFolder } from '../support/real-host.ts';

const registry = await startOciRegistry();
if (typeof registry === 'string') console.log(`left out: images from an OCI registry, because ${registry}`);

/** What a microVM boots from is taken from the real cache; images and templates are this test's own. */
const SHARED = ['initrds', 'kernel', 'kernel-own', 'qemu', 'probe.json'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let sandbox: Sandbox;
let images: Awaited<ReturnType<typeof listImages>>;

beforeAll(async () => {
  if (typeof registry === 'string') return;
  folder = await temporaryFolder();
  sandbox = await makeSandbox();
  await mkdir(sandbox.paths.cacheDir, { recursive: true });
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tvm');
  for (const name of SHARED) await symlink(join(cache, name), join(sandbox.paths.cacheDir, name));
  for (const [id, name] of [
    ['python@3.11', 'python:mine'],
    ['javascript@20', 'library/node:20'],
  ] as const) {
    const tree = join(folder.path, id);
    await unpackImage(id, tree);
    await writeFile(join(tree, 'opt/origin'), `from the registry as ${name}\n`);
    await registry.push(tree, name);
  }
}, 300_000);

afterAll(async () => {
  if (typeof registry === 'string') return;
  await registry[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** The tree of an installed image. */
async function unpackImage(id: RuntimeId, tree: string): Promise<void> {
  const image = await findImage(isolatedConfig(folder.path).paths, id);
  if (!image) throw new Error(`needs ${id}: tvm images build`);
  await runTool(['fsck.erofs', `--extract=${tree}`, image.path], { stdoutFile: '/dev/null' });
}

async function tvm(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  return sandbox.tvm(args, { real: true, environment });
}

async function listImages() {
  const { stdout } = await tvm(['images', 'list', '--json']);
  return JSON.parse(stdout) as { id: string; state: string; base: string; version: string; source: string }[];
}

async function runFile(name: string, code: string, version: string): Promise<Ended> {
  const file = join(folder.path, name);
  await writeFile(file, code);
  return tvm(['run', file, '--version', version, '--timeout-ms', '30000']);
}

it.skipIf(typeof registry === 'string')(
  'two runtimes whose images come from a registry run code, one by its own name, one from a stand-in of Docker Hub',
  async () => {
    const { host } = registry as Exclude<typeof registry, string>;
    const python = await tvm([
      ...['images', 'build', 'python@3.11', '--name', 'mine', '--oci', `${host}/python:mine`],
    ]);
    expect(python).toMatchObject({ status: 0, stdout: 'ready: python@3.11-mine\n' });
    const node = await tvm(
      ['images', 'build', 'javascript@20', '--name', 'hub', '--oci', 'docker.io/library/node:20'],
      { TVM_OCI_MIRROR: host },
    );
    expect(node).toMatchObject({ status: 0, stdout: 'ready: javascript@20-hub\n' });

    images = await listImages();
    expect(images.filter(({ state }) => state === 'ready')).toMatchObject([
      {
        id: 'javascript@20-hub',
        version: expect.stringMatching(/^v20\./),
        source: expect.stringContaining('OCI docker.io/library/node:20'),
        base: expect.stringMatching(/^docker\.io\/library\/node@sha256:[0-9a-f]{64}$/),
      },
      {
        id: 'python@3.11-mine',
        version: expect.stringMatching(/^Python 3\.11\./),
        base: expect.stringContaining(`${host}/python@sha256:`),
      },
    ]);

    const inPython = await runFile('main.py', 'print(open("/opt/origin").read(), end="")\n', '3.11-mine');
    expect(inPython).toMatchObject({ status: 0, stdout: 'from the registry as python:mine\n' });
    const inNode = await runFile(
      'main.js',
      'process.stdout.write(require("fs").readFileSync("/opt/origin", "utf8"));\n',
      '20-hub',
    );
    expect(inNode).toMatchObject({ status: 0, stdout: 'from the registry as library/node:20\n' });
  },
  600_000,
);

it.skipIf(typeof registry === 'string')(
  'says what an image holds that is not what its name says',
  async () => {
    const { host } = registry as Exclude<typeof registry, string>;
    const args = ['images', 'build', 'python@3.11', '--name', 'wrong', '--oci', `${host}/library/node:20`];
    const { status, stderr } = await tvm(args);
    expect(status).toBe(1);
    expect(stderr).toContain(`${host}/library/node:20`);
    expect(stderr).toMatch(/python3/);
    expect((await listImages()).some(({ id }) => id === 'python@3.11-wrong')).toBe(false);
  },
);

it.skipIf(typeof registry === 'string')(
  'says at once which image or registry cannot be reached',
  async () => {
    const { host } = registry as Exclude<typeof registry, string>;
    for (const [reference, why] of [
      [`${host}/python:none`, 'it does not have it'],
      ['127.0.0.1:1/python:mine', 'it refuses the connection'],
      ['registry.invalid/python:mine', 'its name does not resolve'],
    ] as const) {
      const { status, stderr } = await tvm([
        'images',
        'build',
        'python@3.11',
        '--name',
        'x',
        '--oci',
        reference,
      ]);
      expect(stderr).toContain(`cannot be reached: ${why}`);
      expect(status).toBe(1);
    }
  },
);

import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/errors.ts';
import { findProgram, runTool, startProcess } from '../../src/sys/process.ts';
import { eventually } from './real-host.ts';

/** A real registry on loopback, with the images that are pushed to it. */
export interface OciRegistry extends AsyncDisposable {
  /** `HOST:PORT` */
  readonly host: string;
  /** Makes an image of one layer, a tree, and pushes it as `NAME:TAG`. */
  push(tree: string, name: string): Promise<void>;
}

/**
 * Starts Debian's `docker-registry`. Its package is only unpacked, for an installed one starts a service.
 * @returns why there is none, where a tool or the package is missing
 */
export async function startOciRegistry(): Promise<OciRegistry | string> {
  for (const tool of ['skopeo', 'umoci', 'tar']) {
    if (!(await findProgram(tool))) return `${tool} is not installed`;
  }
  const folder = await mkdtemp(join(tmpdir(), 'tvm-registry-'));
  const remove = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  const program = await registryProgram(folder);
  if ('missing' in program) {
    await remove();
    return program.missing;
  }
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'config.yml');
  const storage = join(folder, 'storage');
  await writeFile(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${storage}}}\nhttp: {addr: ${host}}\n`,
  );
  const server = await startProcess([program.path, 'serve', config], { channelCount: 0 });
  server.stdout.resume();
  server.stderr.resume();
  await eventually(
    async () =>
      fetch(`http://${host}/v2/`).then(
        (reply) => reply.ok,
        () => false,
      ),
    'the registry answers',
  );
  let count = 0;
  return {
    host,
    async push(tree, name) {
      count += 1;
      const work = join(folder, `push-${count}`);
      const layout = join(work, 'layout');
      const layer = join(work, 'layer.tar');
      await mkdir(work);
      await runTool([
        'tar',
        '--create',
        '--owner=0',
        '--group=0',
        `--file=${layer}`,
        `--directory=${tree}`,
        '.',
      ]);
      await runTool(['umoci', 'init', '--layout', layout]);
      await runTool(['umoci', 'new', '--image', `${layout}:image`]);
      await runTool(['umoci', 'raw', 'add-layer', '--image', `${layout}:image`, layer]);
      await runTool([
        ...(['skopeo', '--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false'] as const),
        `oci:${layout}:image`,
        `docker://${host}/${name}`,
      ]);
      await rm(work, { recursive: true });
    },
    async [Symbol.asyncDispose]() {
      server.kill();
      await server.exited;
      await remove();
    },
  };
}

async function registryProgram(
  folder: string,
): Promise<{ readonly path: string } | { readonly missing: string }> {
  const installed = await findProgram('docker-registry');
  if (installed) return { path: installed };
  try {
    const download = join(folder, 'download');
    await mkdir(download);
    await runTool(['apt-get', '-q', 'download', 'docker-registry'], { cwd: download, timeoutMs: 60_000 });
    await runTool(['sh', '-c', 'dpkg-deb --extract docker-registry_*.deb .'], { cwd: download });
    const path = join(download, 'usr/bin/docker-registry');
    await readFile(path);
    return { path };
  } catch (error) {
    return { missing: `Debian's package docker-registry cannot be had: ${messageOf(error).slice(0, 200)}` };
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostArchitecture } from '../../../images/architecture.ts';
import { firecrackerFiles } from '../../../sys/paths.ts';
import { runTool } from '../../../sys/process.ts';
import { findJailer } from './jailer/find.ts';
import { obtainFirecracker } from './obtain.ts';
import { pinnedRelease } from './release.ts';
import type { FirecrackerRelease } from './release.ts';
import { repairFirecracker } from './repair.ts';

const pinned = pinnedRelease(hostArchitecture());
const { signal } = new AbortController();
const LIMITS = { maxBytes: 1_000_000, timeoutMs: 20_000, stallMs: 10_000 };

let archive: Buffer;
let folder: string;
let firecrackerDir: string;
let server: Server;
let respond: (request: IncomingMessage, response: ServerResponse) => void;
let release: FirecrackerRelease;
const path = process.env['PATH'];

/** An archive as the project's releases are laid out, of shell scripts that say what the programs would. */
async function makeArchive(members: Readonly<Record<string, string>>): Promise<Buffer> {
  const scratch = mkdtempSync(join(tmpdir(), 'tvm-archive-'));
  try {
    for (const [name, text] of Object.entries(members)) {
      mkdirSync(dirname(join(scratch, name)), { recursive: true });
      writeFileSync(join(scratch, name), text);
    }
    const target = join(scratch, 'archive.tgz');
    await runTool(['tar', '--create', '--gzip', `--file=${target}`, ...Object.keys(members)], {
      cwd: scratch,
    });
    return readFileSync(target);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const script = (text: string): string => `#!/bin/sh\necho '${text}'\n`;

beforeAll(async () => {
  archive = await makeArchive({
    [pinned.members.firecracker]: script(`Firecracker v${pinned.version}`),
    [pinned.members.jailer]: script(`Jailer v${pinned.version}`),
    [`release-v${pinned.version}/SHA256SUMS`]: 'not wanted',
  });
});

beforeEach(async () => {
  // The server is on this machine: no proxy.
  for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']) vi.stubEnv(name, undefined);
  folder = mkdtempSync(join(tmpdir(), 'tvm-obtain-'));
  firecrackerDir = join(folder, 'firecracker');
  respond = (_request, response) => void response.end(archive);
  server = createServer((request, response) => respond(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  release = { ...pinned, url: `http://127.0.0.1:${port}/archive.tgz`, sha256: sha256(archive) };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  process.env['PATH'] = path;
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
  rmSync(folder, { recursive: true });
});

const obtain = async (options: { signal?: AbortSignal; limits?: Partial<typeof LIMITS> } = {}) =>
  obtainFirecracker(firecrackerDir, release, {
    signal: options.signal ?? signal,
    progress: () => {},
    limits: { ...LIMITS, ...options.limits },
  });

/** What is left in the cache; nothing may be after a failure. */
const left = (): string[] => readdirSync(firecrackerDir, { recursive: true, encoding: 'utf8' }).sort();

async function refusal(options?: Parameters<typeof obtain>[0]): Promise<Error> {
  const error = await obtain(options).then(
    () => expect.fail('it was taken'),
    (thrown: unknown) => thrown as Error,
  );
  expect(error).toMatchObject({ code: 'host_unready' });
  expect(error.message).toContain(`cannot get Firecracker ${release.version} from ${release.url}: `);
  expect(error.message).not.toContain('\n');
  expect(error.message).toMatch(/\. To do it by hand: .* TVM_FIRECRACKER_BIN and TVM_JAILER_BIN /);
  expect(left()).toEqual([]);
  return error;
}

describe('getting Firecracker', () => {
  it('puts both programs in place, and they are found there', async () => {
    const files = firecrackerFiles(firecrackerDir, release.name);
    const { version } = release;
    const install = { binary: files.firecracker, version, jailer: files.jailer };
    expect(await obtain()).toEqual(install);
    expect(left()).toEqual([release.name, join(release.name, 'firecracker'), join(release.name, 'jailer')]);
    expect(statSync(files.folder).mode & 0o777).toBe(0o755);
    expect(statSync(files.firecracker).mode & 0o777).toBe(0o755);
    expect(await findJailer('auto', install, signal)).toBe(files.jailer);
  });

  it('follows a redirection, as the project’s releases have one', async () => {
    respond = (request, response) => {
      if (request.url === '/elsewhere') response.end(archive);
      else response.writeHead(302, { location: '/elsewhere' }).end();
    };
    await obtain();
    expect(left()).toContain(release.name);
  });

  it('replaces what was there', async () => {
    mkdirSync(join(firecrackerDir, '1.0.0-old'), { recursive: true });
    mkdirSync(join(firecrackerDir, release.name));
    writeFileSync(join(firecrackerDir, release.name, 'firecracker'), 'damaged');
    await obtain();
    expect(readdirSync(firecrackerDir)).toEqual([release.name]);
    expect(left()).toHaveLength(3);
  });

  it('can be done by several at a time', async () => {
    await Promise.all([obtain(), obtain()]);
    expect(left()).toHaveLength(3);
  });

  it('refuses an archive with another checksum', async () => {
    const other = Buffer.concat([archive, Buffer.from('x')]);
    respond = (_request, response) => void response.end(other);
    const { message } = await refusal();
    expect(message).toContain(`its SHA-256 is ${sha256(other)}, not ${release.sha256}`);
  });

  it('refuses one that is cut short, whether the server said its length or not', async () => {
    respond = (_request, response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 100), () => response.destroy());
    };
    await refusal();
    respond = (_request, response) => void response.end(archive.subarray(0, 100));
    expect((await refusal()).message).toContain('SHA-256');
  });

  it.each([404, 403, 500])('says that the server answered %i', async (status) => {
    respond = (_request, response) => void response.writeHead(status).end('<html>sorry</html>');
    expect((await refusal()).message).toContain(`: the server answers ${status}. `);
  });

  it('stops an archive that is too large', async () => {
    let sent = 0;
    respond = (_request, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        sent += 10_000;
        response.write(Buffer.alloc(10_000), () => setImmediate(more));
      };
      more();
    };
    const { message } = await refusal({ limits: { maxBytes: 50_000 } });
    expect(message).toContain('larger than 50000 bytes. ');
    expect(sent).toBeLessThan(20_000_000);
  });

  it('does not wait for a server that is silent, or too slow', async () => {
    respond = () => {};
    await refusal({ limits: { stallMs: 300 } });
    respond = (_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    expect((await refusal({ limits: { timeoutMs: 400 } })).message).toContain('longer than 0.4 s. ');
  });

  it('says that nobody is there', async () => {
    release = { ...release, url: 'http://127.0.0.1:1/x.tgz' };
    expect((await refusal()).message).toMatch(/ECONNREFUSED|bad port/);
    release = { ...release, url: 'http://firecracker.invalid/x.tgz' };
    expect((await refusal()).message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it('is aborted at once, and leaves nothing', async () => {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    respond = (_request, response) => {
      response.write(archive.subarray(0, 100));
      void sleep(50).then(() => controller.abort(reason));
    };
    await expect(obtain({ signal: controller.signal })).rejects.toBe(reason);
    expect(left()).toEqual([]);
    await expect(obtain({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it.each([
    [
      'lacks the jailer',
      { [pinned.members.firecracker]: script(`Firecracker v${pinned.version}`) },
      'jailer',
    ],
    [
      'holds another version',
      { [pinned.members.firecracker]: script('Firecracker v1.2.3'), [pinned.members.jailer]: 'x' },
      'is Firecracker 1.2.3',
    ],
    [
      'holds what does not run',
      { [pinned.members.firecracker]: '\u007fELF', [pinned.members.jailer]: 'x' },
      'built for this processor?',
    ],
  ])('refuses an archive that %s, even with the right checksum', async (_what, members, reason) => {
    const bytes = await makeArchive(members);
    release = { ...release, sha256: sha256(bytes) };
    respond = (_request, response) => void response.end(bytes);
    expect((await refusal()).message).toContain(reason);
  });

  it('refuses an archive that is none', async () => {
    const bytes = Buffer.from('<html>log in first</html>');
    release = { ...release, sha256: sha256(bytes) };
    respond = (_request, response) => void response.end(bytes);
    expect((await refusal()).message).toContain('gzip');
  });
});

describe('the repair of Firecracker', () => {
  const settings = { vmm: 'auto', accelerator: 'auto', firecracker_bin: 'auto' } as const;
  const repair = async (more: Partial<Parameters<typeof repairFirecracker>[0]> = {}): Promise<string> =>
    repairFirecracker({
      ...{ settings, firecrackerDir, release, signal, kvm: true, progress: () => {} },
      ...more,
    });
  const withProgram = (text: string): void => {
    const program = join(folder, 'firecracker-in-path');
    mkdirSync(program);
    writeFileSync(join(program, 'firecracker'), script(text));
    chmodSync(join(program, 'firecracker'), 0o755);
    process.env['PATH'] = `${program}:${path}`;
  };
  beforeEach(() => {
    // Without a Firecracker that this machine may have.
    process.env['PATH'] = '/usr/bin:/bin';
  });

  it('gets it once', async () => {
    let requests = 0;
    respond = (_request, response) => {
      requests += 1;
      response.end(archive);
    };
    const binary = firecrackerFiles(firecrackerDir, release.name).firecracker;
    expect(await repair()).toBe(`Firecracker ${release.version} was got: ${binary}`);
    expect(await repair()).toBe(`Firecracker ${release.version} is there: ${binary}`);
    expect(requests).toBe(1);
  });

  it('is content with one in PATH, unless it is of no use', async () => {
    withProgram('Firecracker v1.15.1');
    expect(await repair()).toContain('Firecracker 1.15.1 is there');
    rmSync(join(folder, 'firecracker-in-path'), { recursive: true });
    withProgram('Firecracker v1.0.0');
    const said: string[] = [];
    expect(await repair({ progress: (line) => said.push(line) })).toContain('was got');
    expect(said[0]).toMatch(/of no use: Firecracker 1\.0\.0 is too old/);
  });

  it.each([
    [{ kvm: false }, /this host has no \/dev\/kvm/],
    [{ settings: { ...settings, vmm: 'qemu' } }, /setting vmm/],
    [{ settings: { ...settings, accelerator: 'tcg' } }, /setting accelerator/],
    [{ settings: { ...settings, firecracker_bin: '/x' } }, /setting firecracker_bin/],
  ] as const)('asks nobody, and says why, with %j', async (more, reason) => {
    respond = () => expect.fail('it was asked for');
    expect(await repair(more)).toMatch(reason);
  });

  it('fails where it cannot be had', async () => {
    respond = (_request, response) => void response.writeHead(404).end();
    await expect(repair()).rejects.toThrow('cannot get Firecracker');
  });
});

describe('the release', () => {
  it.each(['x64', 'arm64'] as const)('is that of the project, for %s', (name) => {
    const { url, sha256, members, version } = pinnedRelease(hostArchitecture(name));
    const { machine } = hostArchitecture(name);
    expect(url).toBe(
      `https://github.com/firecracker-microvm/firecracker/releases/download/v${version}/firecracker-v${version}-${machine}.tgz`,
    );
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(members.jailer).toBe(`release-v${version}-${machine}/jailer-v${version}-${machine}`);
  });
});

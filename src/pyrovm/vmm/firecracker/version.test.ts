import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostArchitecture } from '../../../images/architecture.ts';
import { firecrackerFiles } from '../../../sys/paths.ts';
import { installedFirecracker } from './candidate.ts';
import { pinnedRelease } from './release.ts';
import { featuresOf, findFirecracker, findOwnFirecracker } from './version.ts';

const { signal } = new AbortController();
const path = process.env['PATH'];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-firecracker-'));
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

function program(script: string, mode = 0o755): string {
  const file = join(folder, 'firecracker');
  writeFileSync(file, script);
  chmodSync(file, mode);
  return file;
}

const saying = (text: string): string => program(`#!/bin/sh\ncat <<'E'\n${text}\nE\n`);

describe('findFirecracker', () => {
  it.each([
    ['Firecracker v1.1.0\n\nSupported snapshot data format versions: v0.23.0, v1.1.0', '1.1.0'],
    ['Firecracker v1.17.0-dev', '1.17.0'],
    ['2026-03-01T00:00:00 [anonymous-instance:main] Running\nFirecracker v1.15.1', '1.15.1'],
    ['Firecracker v2.0.0', '2.0.0'],
  ])('reads the version out of %j', async (text, version) => {
    const binary = saying(text);
    expect(await findFirecracker(binary, signal)).toEqual({ binary, version });
  });

  it('takes the one in PATH, and is content with none', async () => {
    process.env['PATH'] = `${folder}:${path}`;
    const binary = saying('Firecracker v1.15.1');
    expect(await findFirecracker('auto', signal)).toEqual({ binary, version: '1.15.1' });
    process.env['PATH'] = '/nonexistent';
    expect(await findFirecracker('auto', signal)).toBeUndefined();
  });

  it.each([
    ['is too old', () => saying('Firecracker v1.0.2'), /1\.0\.2 is too old; TVM needs 1\.1\.0 or newer/],
    ['is too old by far', () => saying('Firecracker v0.25.2'), /too old/],
    ['is another program', () => '/bin/true', /is no Firecracker/],
    ['fails', () => '/bin/false', /--version fails/],
    [
      'is not there',
      () => join(folder, 'absent'),
      /does not exist or is not executable; set TVM_FIRECRACKER_BIN/,
    ],
    ['is not executable', () => program('x', 0o644), /not executable/],
    ['is for another processor', () => program('\u007fELF\u0002 other'), /built for this processor/],
    ['is a folder', () => folder, /not executable/],
  ])('refuses one that %s, as a fault of the host', async (_what, make, message) => {
    const found = findFirecracker(make(), signal);
    await expect(found).rejects.toMatchObject({ code: 'host_unready' });
    await expect(findFirecracker(make(), signal)).rejects.toThrow(message);
  });

  it('passes an abort on', async () => {
    const reason = new Error('changed my mind');
    await expect(findFirecracker(saying('x'), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('the release in the cache', () => {
  const release = pinnedRelease(hostArchitecture());
  const own = (...programs: readonly ('firecracker' | 'jailer')[]): ReturnType<typeof firecrackerFiles> => {
    const files = firecrackerFiles(folder, release.name);
    mkdirSync(files.folder);
    for (const name of programs) writeFileSync(files[name], '#!/bin/sh\n', { mode: 0o755 });
    return files;
  };

  it('comes with its jailer, and is absent without', async () => {
    expect(await findOwnFirecracker(folder, release)).toBeUndefined();
    own('firecracker');
    expect(await findOwnFirecracker(folder, release)).toBeUndefined();
    rmSync(join(folder, release.name), { recursive: true });
    const { firecracker, jailer } = own('firecracker', 'jailer');
    const install = { binary: firecracker, version: release.version, jailer };
    expect(await findOwnFirecracker(folder, release)).toEqual(install);
  });

  it('goes before one in PATH and after one that the settings name', async () => {
    process.env['PATH'] = `${folder}:${path}`;
    const other = { binary: saying('Firecracker v1.15.1'), version: '1.15.1' };
    const installed = async (firecracker_bin: string) =>
      installedFirecracker({ settings: { firecracker_bin }, firecrackerDir: folder, signal });
    expect(await installed('auto')).toEqual(other);
    const { firecracker } = own('firecracker', 'jailer');
    expect(await installed('auto')).toMatchObject({ binary: firecracker });
    expect(await installed(other.binary)).toEqual(other);
  });
});

describe('featuresOf', () => {
  it.each([
    ['1.1.0', { entropyDevice: false, logLevel: false, clones: true }],
    ['1.4.0', { entropyDevice: true, logLevel: false, clones: true }],
    ['1.5.0', { entropyDevice: true, logLevel: true, clones: true }],
    ['1.16.0', { entropyDevice: true, logLevel: true, clones: false }],
    ['1.16.1', { entropyDevice: true, logLevel: true, clones: true }],
    ['2.0.0', { entropyDevice: true, logLevel: true, clones: true }],
  ])('of %s', (version, features) => {
    expect(featuresOf(version)).toEqual(features);
  });
});

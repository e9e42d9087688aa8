import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QemuInstall } from './install.ts';
import { mapsMemoryReadOnly, qemuVersion } from './version.ts';

const { signal } = new AbortController();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-qemu-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A QEMU that runs a shell script. */
function fake(script: string, path = 'qemu'): QemuInstall & { readonly kind: 'host' } {
  const binary = join(folder, path);
  mkdirSync(dirname(binary), { recursive: true });
  writeFileSync(binary, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { kind: 'host', binary };
}

const prints = (text: string): QemuInstall => fake(`[ "$*" = --version ] && echo '${text}'`);

describe('the version of QEMU', () => {
  it.each([
    ['QEMU emulator version 7.2.0', '7.2.0'],
    ['QEMU emulator version 7.2', '7.2'],
    ['QEMU emulator version 8.1.5 (qemu-8.1.5-1.fc39)', '8.1.5'],
    ['QEMU emulator version 10.0.3 (Debian 1:10.0.3+ds-0+deb13u1)', '10.0.3'],
    ['QEMU emulator version 9.2.50 (v9.2.0-1234-gabcdef)', '9.2.50'],
  ])('is read from: %s', async (text, version) => {
    expect(await qemuVersion(prints(text), signal)).toBe(version);
  });

  it.each(['7.1.9', '6.99.0', '2.11.1', '0.15.0'])('%s is too old, and that is said', async (version) => {
    const asked = qemuVersion(prints(`QEMU emulator version ${version}`), signal);
    await expect(asked).rejects.toMatchObject({
      code: 'host_unready',
      message: `QEMU ${version} is too old; TVM needs 7.2 or newer`,
    });
  });

  it.each(['', 'garbage', 'version x', 'QEMU 10.0'])('is not found in %j', async (text) => {
    const install = prints(text) as QemuInstall & { readonly kind: 'host' };
    await expect(qemuVersion(install, signal)).rejects.toMatchObject({
      code: 'host_unready',
      message: `${install.binary} --version prints no version`,
    });
  });

  it('is not that of a program which fails or is missing', async () => {
    const broken = fake('echo QEMU emulator version 10.0.0; echo no library >&2; exit 127');
    await expect(qemuVersion(broken, signal)).rejects.toThrow('ended with code 127: no library');
    const missing: QemuInstall = { kind: 'host', binary: join(folder, 'missing') };
    await expect(qemuVersion(missing, signal)).rejects.toMatchObject({
      code: 'host_unready',
      message: `${missing.binary} is not installed`,
    });
  });

  it('of a tree is asked through the tree’s loader', async () => {
    fake('echo "QEMU emulator version 10.0.3 $*"', 'usr/lib64/ld-linux-x86-64.so.2');
    expect(await qemuVersion({ kind: 'tree', root: folder }, signal)).toBe('10.0.3');
  });

  it('is not asked for once the signal has aborted, nor awaited', async () => {
    const mark = join(folder, 'ran');
    const reason = new Error('changed my mind');
    await expect(qemuVersion(fake(`touch ${mark}`), AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(existsSync(mark)).toBe(false);
    const client = new AbortController();
    const asked = qemuVersion(fake('exec sleep 300'), client.signal);
    client.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});

describe('cloning without write access to the memory', () => {
  it.each([
    ['7.2.0', false],
    ['8.0.0', false],
    ['8.1.5', false],
    ['8.2', true],
    ['8.2.0', true],
    ['8.10.0', true],
    ['9.0.0', true],
    ['10.0.3', true],
    ['10.1', true],
  ])('with QEMU %s: %s', (version, can) => {
    expect(mapsMemoryReadOnly(version)).toBe(can);
  });
});

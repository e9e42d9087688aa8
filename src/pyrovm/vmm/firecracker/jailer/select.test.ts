import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOUBLE_WALLS, FirecrackerHost } from '../../../../../test/doubles/firecracker-host.ts';
import {
  writeFirecrackerDouble,
  writeJailerDouble,
} from '../../../../../test/doubles/firecracker-program.ts';
import { findJailer } from './find.ts';
import { selectJailer } from './select.ts';
import type { SelectJailerOptions } from './select.ts';

const { signal } = new AbortController();
const path = process.env['PATH'];
const version = '1.15.1';

let host: FirecrackerHost;
let install: { binary: string; version: string };
beforeEach(async () => {
  host = new FirecrackerHost();
  install = { binary: await writeFirecrackerDouble(host.path, { version }), version };
});
afterEach(() => {
  process.env['PATH'] = path;
  host[Symbol.dispose]();
});

function script(text: string, mode = 0o755): string {
  const file = join(host.path, 'jailer');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, mode);
  return file;
}

async function select(settings: Partial<SelectJailerOptions['settings']>, root = true) {
  const instance = { id: '0123456789abcdef', folder: host.instance, [Symbol.asyncDispose]: async () => {} };
  return selectJailer({
    settings: { jail: 'auto', jailer_bin: 'auto', jailer_uids: '20000-20009', ...settings },
    ...{ install, instance, root, signal, uidLeasesDir: host.uids },
  });
}

describe('findJailer', () => {
  it.each([
    ['is not there', () => '/nonexistent/jailer', /does not exist or is not executable; set TVM_JAILER_BIN/],
    ['is not executable', () => script('', 0o644), /not executable/],
    ['fails', () => script('exit 1'), /--version fails/],
    ['is another program', () => script('echo hello'), /is no jailer/],
    ['is of another release', () => script('echo Jailer v1.14.0'), /install both of one release/],
  ])('refuses one that %s, as a fault of the host', async (_what, make, message) => {
    const error: unknown = await findJailer(make(), install, signal).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'host_unready', message: expect.stringMatching(message) as string });
  });

  it('takes the one in PATH', async () => {
    process.env['PATH'] = `${host.path}:${path}`;
    const jailer = script('echo Jailer v1.15.1');
    expect(await findJailer('auto', install, signal)).toBe(jailer);
  });

  it('takes the one that came with Firecracker before the one in PATH', async () => {
    process.env['PATH'] = `${host.path}:${path}`;
    script('echo Jailer v1.14.0');
    const own = join(host.path, 'own-jailer');
    writeFileSync(own, '#!/bin/sh\necho Jailer v1.15.1\n', { mode: 0o755 });
    expect(await findJailer('auto', { ...install, jailer: own }, signal)).toBe(own);
  });
});

describe('the selection of the jailer', () => {
  it.runIf(DOUBLE_WALLS.includes('jailer'))(
    'takes one that runs Firecracker, and leaves nothing of the trial',
    async () => {
      const selected = await select({ jailer_bin: await writeJailerDouble(host.path, { version }) });
      expect(selected).toMatchObject({ wall: { name: expect.stringMatching(/^jailer/) as string } });
      rmSync(join(host.path, 'jailer'));
      expect(host.leftovers()).toEqual([]);
    },
  );

  it.runIf(DOUBLE_WALLS.includes('jailer'))(
    'does without one that does not work, unless it was named',
    async () => {
      process.env['PATH'] = `${host.path}:${path}`;
      const jailer = await writeJailerDouble(host.path, { version, complaint: 'Failed to pivot root' });
      expect(await select({})).toEqual({
        reason: expect.stringContaining('Failed to pivot root') as string,
        broken: true,
      });
      await expect(select({ jailer_bin: jailer })).rejects.toMatchObject({ code: 'host_unready' });
      expect(host.leftovers()).toEqual([]);
    },
  );

  it.each([
    ['without root', {}, false, /run TVM as root/],
    ['where another jail is set', { jail: 'bubblewrap' }, true, /setting jail/],
    ['without a jailer', {}, true, /set TVM_JAILER_BIN/],
  ] as const)('does without %s', async (_what, settings, root, reason) => {
    process.env['PATH'] = '/nonexistent';
    expect(await select(settings, root)).toEqual({
      reason: expect.stringMatching(reason) as string,
      broken: false,
    });
  });
});

import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingLogger } from '../../../../test/doubles/recording-logger.ts';
import { processesWithArgument } from '../../../../test/support/processes.ts';
import type { VmSpec } from '../driver.ts';
import { GATE_GO, makeJail } from '../jail.ts';
import type { JailKind } from '../jail.ts';
import { qemuName } from './arguments.ts';
import { QemuDriver } from './driver.ts';

const root = process.getuid?.() === 0;
const forever = new AbortController().signal;
const JAILS = (['bubblewrap', 'setpriv'] as const).filter((kind) => {
  const [command = '', ...args] = makeJail(kind, { files: {}, root }).wrap(['true']);
  return spawnSync(command, args, { input: GATE_GO }).status === 0;
});

let folder: string;
let spec: VmSpec;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-driver-'));
  const file = (name: string): string => {
    writeFileSync(join(folder, name), name);
    return join(folder, name);
  };
  const boot = { kernel: file('kernel'), initrd: file('initrd') };
  spec = { id: randomUUID(), memoryMb: 128, cpuCount: 1, boot, rootfs: undefined };
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A driver whose QEMU is another program, which must do with QEMU's arguments. */
function setUp(jail: JailKind, binary: string): QemuDriver {
  const { logger } = recordingLogger();
  const install = { kind: 'host', binary } as const;
  return new QemuDriver({ install, version: '10.0.3', accelerator: 'tcg', jail, logger });
}

const remains = (): number[] => processesWithArgument(qemuName(spec.id));

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}

describe.each(JAILS)('a VM process in %s', (jail) => {
  it('that ends at once ends its channel and says why', async () => {
    await using vm = await setUp(jail, '/usr/bin/false').boot(spec, { signal: forever });
    expect(await vm.exited).toEqual({ reason: 'qemu ended with code 1' });
    expect(remains()).toEqual([]);
  });

  it('whose clone does not speak QMP is vm_failed, and nothing is left', async () => {
    const { snapshots } = setUp(jail, '/bin/echo');
    for (const name of ['memory', 'state']) writeFileSync(join(folder, name), '');
    const files = { memory: join(folder, 'memory'), state: join(folder, 'state') };
    const restored = snapshots?.restore(spec, files, { signal: forever }) ?? Promise.resolve();
    expect(await failure(restored)).toMatchObject({ code: 'vm_failed' });
    expect(remains()).toEqual([]);
  });

  it.each([0, 1, 2, 4, 7, 11, 16, 25])(
    'whose start is aborted after %i ms is gone, and it is told the reason',
    async (ms) => {
      const driver = setUp(jail, '/usr/bin/yes');
      const reason = new Error('changed my mind');
      for (let attempt = 0; attempt < 5; attempt++) {
        const client = new AbortController();
        const booted = driver.boot(spec, { signal: client.signal });
        const ended = booted.then(
          async (vm) => vm[Symbol.asyncDispose](),
          (error: unknown) => expect(error).toBe(reason),
        );
        await sleep(ms);
        client.abort(reason);
        await ended;
        // All its descriptors are closed; the kernel may still be taking it apart.
        await expect.poll(remains, { interval: 5 }).toEqual([]);
      }
    },
  );
});

if (!JAILS.includes('bubblewrap')) {
  process.stderr.write('skipped: bubblewrap does not work on this machine\n');
}
describe.runIf(JAILS.includes('bubblewrap'))('a jail that does not come up', () => {
  it('is vm_failed at once, with its complaint for the log', async () => {
    rmSync(spec.boot.kernel);
    const error = await failure(setUp('bubblewrap', '/bin/true').boot(spec, { signal: forever }));
    expect(error).toMatchObject({ code: 'vm_failed', message: 'the VM process did not start' });
    expect(error).toMatchObject({
      context: { vm_id: spec.id, stderr: expect.stringContaining('kernel') as string },
    });
    expect(remains()).toEqual([]);
  });
});

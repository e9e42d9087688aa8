import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FirecrackerDoubleOptions, Mishap } from '../../../../test/doubles/firecracker-api.ts';
import { DOUBLE_JAILS, DOUBLE_WALLS, FirecrackerHost } from '../../../../test/doubles/firecracker-host.ts';
import { recordingLogger } from '../../../../test/doubles/recording-logger.ts';
import type { RecordingLogger } from '../../../../test/doubles/recording-logger.ts';
import { processesWithArgument } from '../../../../test/support/processes.ts';
import { hashOfFile } from '../../../sys/hash.ts';
import { AgentClient } from '../../agent/client.ts';
import type { Snapshot, Vm, VmSpec } from '../driver.ts';
import { firecrackerName } from './command.ts';
import type { FirecrackerDriver } from './driver.ts';

/** What Firecracker complains of is for the log, never for a client. */
const COMPLAINT = 'No such file or directory (os error 2): /secret/path';

const forever = new AbortController().signal;
const [jail = 'setpriv'] = DOUBLE_JAILS;
let host: FirecrackerHost;
let log: RecordingLogger;
let spec: VmSpec;
beforeEach(() => {
  host = new FirecrackerHost();
  log = recordingLogger();
  spec = { id: randomUUID(), memoryMb: 128, cpuCount: 1, ...host.artefacts() };
});
afterEach(() => host[Symbol.dispose]());

async function driverOf(options: Partial<FirecrackerDoubleOptions> = {}): Promise<FirecrackerDriver> {
  return host.driver(jail, log.logger, { version: '1.15.1', complaint: COMPLAINT, ...options });
}

async function expectNothingLeft(): Promise<void> {
  // All its descriptors are closed; the kernel may still be taking it apart.
  const processes = (): number[] => processesWithArgument(firecrackerName(spec.id));
  await expect.poll(processes, { timeout: 3000, interval: 5 }).toEqual([]);
  expect(host.leftovers()).toEqual([]);
}

async function failure(promise: Promise<Vm | void>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}

async function makeTemplate(driver: FirecrackerDriver): Promise<{ files: Snapshot; nonce: Buffer }> {
  const files = host.snapshot();
  await using template = await driver.snapshots?.bootTemplate(spec, files, { signal: forever });
  if (!template) throw new Error('it cannot clone');
  const { nonce } = await new AgentClient(template.channel).hello();
  await template.save();
  return { files, nonce };
}

async function restore(driver: FirecrackerDriver, files: Snapshot, signal = forever): Promise<Vm> {
  const vm = await driver.snapshots?.restore(spec, files, { signal });
  if (!vm) throw new Error('it cannot clone');
  return vm;
}

async function identify(vm: Vm, nonce: Buffer): Promise<void> {
  const identity = { entropy: randomBytes(64), vmId: vm.id, hostname: 'a', scratchBytes: 4096 };
  await new AgentClient(vm.channel).init({ ...identity, wallClockNs: 1n }, nonce);
}

const BOOT_CALLS = ['/machine-config', '/boot-source', '/drives/rootfs', '/vsock', '/entropy', '/actions'];

/** All of them at the calls that differ most, the likely ones elsewhere. */
function mishapsAt(call: string): readonly Mishap[] {
  const all = ['fault', 'die', 'garbage', 'hang-up', 'flood', 'ok'] as const;
  return ['GET /version', 'PUT /vsock', 'PUT /snapshot/load'].includes(call) ? all : all.slice(0, 2);
}

describe('a boot', () => {
  it.each(['GET /version', ...BOOT_CALLS.map((path) => `PUT ${path}`)])(
    'that fails at %s, in whatever way, leaves nothing and tells the log alone why',
    async (call) => {
      for (const mishap of mishapsAt(call)) {
        const driver = await driverOf({ mishaps: { [call]: mishap } });
        const error = await failure(driver.boot(spec, { signal: forever }));
        expect(error).toMatchObject({ code: 'vm_failed', context: { vm_id: spec.id, call } });
        expect(String(error)).not.toMatch(/secret|told/);
        const lines = log.lines.filter((line) => line['call'] === call).map((line) => JSON.stringify(line));
        expect(lines).toHaveLength(1);
        if (mishap === 'fault' || mishap === 'die') expect(lines[0]).toContain(COMPLAINT);
        log.lines.length = 0;
        await expectNothingLeft();
      }
    },
  );

  it.each(['GET /version', 'PUT /machine-config', 'PUT /actions'])(
    'that is aborted while %s hangs is told the reason, and no fault is logged',
    async (call) => {
      const driver = await driverOf({ mishaps: { [call]: 'hang' } });
      const reason = new Error('changed my mind');
      const client = new AbortController();
      const booted = failure(driver.boot(spec, { signal: client.signal }));
      await sleep(400);
      client.abort(reason);
      expect(await booted).toBe(reason);
      await expectNothingLeft();
      expect(log.lines).toEqual([]);
    },
  );

  it.each([0, 20, 60, 120])('that is aborted after %i ms leaves nothing', async (ms) => {
    const driver = await driverOf();
    const client = new AbortController();
    const reason = new Error('changed my mind');
    const ended = driver.boot(spec, { signal: client.signal }).then(
      async (vm) => vm[Symbol.asyncDispose](),
      (error: unknown) => expect(error).toBe(reason),
    );
    await sleep(ms);
    client.abort(reason);
    await ended;
    await expectNothingLeft();
    expect(log.lines).toEqual([]);
  });

  it.each([
    ['Error creating KVM object: Permission denied', /group of \/dev\/kvm/],
    ['Failed to validate KVM support: Missing KVM capabilities: 0x1', /hardware virtualisation/],
    ['Cannot load kernel due to invalid memory configuration or invalid kernel image.', /tvm kernel build/],
  ])('that Firecracker refuses for the host (%s) says what to do', async (complaint, message) => {
    const driver = await driverOf({ mishaps: { 'PUT /actions': 'fault' }, complaint });
    const error = await failure(driver.boot(spec, { signal: forever }));
    expect(error).toMatchObject({ code: 'host_unready', message: expect.stringMatching(message) as string });
    await expectNothingLeft();
  });

  it('of a program that is not the one whose version was asked is a failure', async () => {
    const driver = await driverOf({ reportedVersion: '1.14.0' });
    const error = await failure(driver.boot(spec, { signal: forever }));
    expect(error).toMatchObject({ code: 'vm_failed', context: { found: '1.14.0' } });
    await expectNothingLeft();
  });

  it('of a program that has gone since is a failure', async () => {
    const driver = await driverOf();
    rmSync(`${host.path}/firecracker`);
    expect(await failure(driver.boot(spec, { signal: forever }))).toMatchObject({ code: 'vm_failed' });
    await expectNothingLeft();
  });
});

describe('a VM', () => {
  it('has no socket and no folder any more once its guest has spoken', async () => {
    const driver = await driverOf();
    await using vm = await driver.boot(spec, { signal: forever });
    await new AgentClient(vm.channel).hello();
    await expect.poll(() => host.leftovers()).toEqual([]);
  });

  it('works where the path of a socket would be too long', async () => {
    using deep = new FirecrackerHost('x'.repeat(200));
    const driver = await deep.driver(jail, log.logger, { version: '1.15.1' });
    await using vm = await driver.boot({ ...spec, ...deep.artefacts() }, { signal: forever });
    expect(await new AgentClient(vm.channel).hello()).toMatchObject({ rootMounted: true });
  });

  it('that dies ends its channel and says so in the log', async () => {
    const driver = await driverOf();
    await using vm = await driver.boot(spec, { signal: forever });
    await new AgentClient(vm.channel).hello();
    const [pid = 0] = processesWithArgument(firecrackerName(spec.id)).slice(-1);
    process.kill(pid, 'SIGKILL');
    vm.channel.resume();
    expect((await vm.exited).reason).toMatch(/^firecracker ended/);
    await expect.poll(() => vm.channel.readableEnded).toBe(true);
    expect(log.lines).toMatchObject([
      { vm_id: spec.id, msg: expect.stringMatching(/on its own$/) as string },
    ]);
  });

  it('that dies before its guest has spoken ends its channel, too', async () => {
    const driver = await driverOf({ listensAfterMs: 60_000 });
    await using vm = await driver.boot(spec, { signal: forever });
    const hello = failure(new AgentClient(vm.channel).hello().then(() => {}));
    await vm[Symbol.asyncDispose]();
    expect(await hello).toBeInstanceOf(Error);
    await expectNothingLeft();
  });

  it('whose vsock does not speak as Firecracker does has a channel that breaks', async () => {
    const driver = await driverOf({ vsockAnswer: 'HTTP/1.1 200 OK\r\n' });
    await using vm = await driver.boot(spec, { signal: forever });
    expect(await failure(new AgentClient(vm.channel).hello().then(() => {}))).toBeInstanceOf(Error);
  });
});

describe('a template', () => {
  it.each(['PATCH /vm', 'PUT /snapshot/create'])('that cannot be saved at %s is a failure', async (call) => {
    for (const mishap of mishapsAt(call)) {
      const driver = await driverOf({ mishaps: { [call]: mishap } });
      expect(await failure(makeTemplate(driver).then(() => {}))).toMatchObject({
        code: 'vm_failed',
        context: { call },
      });
      await expectNothingLeft();
    }
  });

  it('gives clones that go on, also where the guest resets their first connections', async () => {
    const { files, nonce } = await makeTemplate(await driverOf());
    expect(statSync(files.memory).size).toBeGreaterThan(0);
    await using vm = await restore(await driverOf({ resets: 2 }), files);
    await identify(vm, nonce);
  });

  it('is not offered by a version whose clones are broken', async () => {
    expect((await driverOf({ version: '1.16.0' })).snapshots).toBeUndefined();
  });
});

describe('a clone', () => {
  it.each(['GET /version', 'PUT /snapshot/load', 'PATCH /vm'])(
    'that fails at %s, in whatever way, leaves nothing',
    async (call) => {
      const { files } = await makeTemplate(await driverOf());
      for (const mishap of mishapsAt(call)) {
        const driver = await driverOf({ mishaps: { [call]: mishap } });
        const error = await failure(restore(driver, files));
        expect(error).toMatchObject({ code: 'vm_failed', context: { call } });
        expect(String(error)).not.toMatch(/secret|told/);
        await expectNothingLeft();
      }
    },
  );

  it.each([
    ['of another version', { version: '1.14.0' }, () => {}],
    ['that was cut', {}, (files: Snapshot) => host.file('memory', statSync(files.memory).mode)],
    ['that is gone', {}, (files: Snapshot) => rmSync(files.state)],
  ] as const)('of a snapshot %s is a failure', async (_what, options, damage) => {
    const { files } = await makeTemplate(await driverOf());
    damage(files);
    expect(await failure(restore(await driverOf(options), files))).toMatchObject({ code: 'vm_failed' });
    await expectNothingLeft();
  });

  it('that is aborted while its files are loaded is told the reason', async () => {
    const { files } = await makeTemplate(await driverOf());
    const driver = await driverOf({ mishaps: { 'PUT /snapshot/load': 'hang' } });
    const client = new AbortController();
    const reason = new Error('changed my mind');
    const restored = failure(restore(driver, files, client.signal));
    await sleep(400);
    client.abort(reason);
    expect(await restored).toBe(reason);
    await expectNothingLeft();
  });
});

describe.each(DOUBLE_WALLS)('in %s', (kind) => {
  it('a template and its clones work, and the files are read only', async () => {
    const driver = await host.driver(kind, log.logger, { version: '1.1.0' });
    const { files, nonce } = await makeTemplate(driver);
    for (const file of Object.values(files) as string[]) chmodSync(file, 0o444);
    const saved = await hashOfFile(files.memory);
    await using vm = await restore(driver, files);
    await identify(vm, nonce);
    expect(await hashOfFile(files.memory)).toBe(saved);
    await vm[Symbol.asyncDispose]();
    await expectNothingLeft();
  });
});

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFirecrackerDouble } from '../../../../../test/doubles/firecracker-program.ts';
import { DOUBLE_WALLS, FirecrackerHost } from '../../../../../test/doubles/firecracker-host.ts';
import { processesWithArgument } from '../../../../../test/support/processes.ts';
import { silentLogger } from '../../../../observability/log.ts';
import { AgentClient } from '../../../agent/client.ts';
import type { VmSpec } from '../../driver.ts';
import { GATE_GO } from '../../jail.ts';
import { firecrackerArguments, firecrackerName } from '../command.ts';
import { FirecrackerDriver } from '../driver.ts';
import type { Cell } from '../wall.ts';
import type { JailerWall } from './wall.ts';

const works = DOUBLE_WALLS.includes('jailer');
const version = '1.15.1';
const forever = new AbortController().signal;

let host: FirecrackerHost;
let spec: VmSpec;
let name: string;
let program: string;
beforeEach(async () => {
  host = new FirecrackerHost();
  spec = { id: randomUUID(), memoryMb: 128, cpuCount: 1, ...host.artefacts() };
  name = firecrackerName(spec.id);
  program = await writeFirecrackerDouble(host.path, { version });
});
afterEach(() => host[Symbol.dispose]());

function driverBehind(wall: JailerWall): FirecrackerDriver {
  return new FirecrackerDriver({ install: { binary: program, version }, wall, logger: silentLogger() });
}

async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => processesWithArgument(name), { interval: 5 }).toEqual([]);
  expect(host.leftovers()).toEqual([]);
}

describe.runIf(works)('a microVM behind the jailer', () => {
  it('is a user of its own, which is given back', async () => {
    const driver = driverBehind(await host.jailerWall(program, version));
    const vms = [await driver.boot(spec, { signal: forever })];
    vms.push(await driver.boot({ ...spec, id: randomUUID() }, { signal: forever }));
    const users = vms.map((vm) => {
      // The last is Firecracker; those before it are its keepers.
      const pid = processesWithArgument(firecrackerName(vm.id)).at(-1);
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect(status).toMatch(/^Groups:\t ?$/m);
      return [/^Uid:\t(.*)$/m.exec(status)?.[1], /^Gid:\t(.*)$/m.exec(status)?.[1]];
    });
    expect(users).toEqual([20_000, 20_001].map((uid) => Array(2).fill(Array(4).fill(uid).join('\t'))));
    expect(readdirSync(host.uids).toSorted()).toEqual(['20000', '20001']);
    for (const vm of vms) await vm[Symbol.asyncDispose]();
    await expectNothingLeft();
  });

  it('keeps its user, and nothing else on disk, once its guest has spoken', async () => {
    await using vm = await driverBehind(await host.jailerWall(program, version)).boot(spec, {
      signal: forever,
    });
    await new AgentClient(vm.channel).hello();
    await expect.poll(() => host.leftovers()).toEqual(['20000']);
  });

  it('has a KVM of its own and no copy of any file but Firecracker', async () => {
    const driver = driverBehind(await host.jailerWall(program, version));
    writeFileSync(spec.boot.kernel, 'content of the kernel');
    await using vm = await driver.boot(spec, { signal: forever });
    const [outer = ''] = readdirSync(host.instance);
    const root = join(host.instance, outer, 'firecracker', name, 'root');
    expect(statSync(join(root, 'dev/kvm')).isCharacterDevice()).toBe(true);
    for (const file of ['kernel', 'initrd', 'rootfs']) expect(statSync(join(root, file)).size).toBe(0);
    await vm[Symbol.asyncDispose]();
    await expectNothingLeft();
  });

  it('is not started when no user is left, and says what to do', async () => {
    const driver = driverBehind(await host.jailerWall(program, version));
    const boots = Array.from({ length: 4 }, async () =>
      driver.boot({ ...spec, id: randomUUID() }, { signal: forever }),
    );
    const vms = await Promise.all(boots);
    await expect(driver.boot(spec, { signal: forever })).rejects.toMatchObject({
      code: 'host_unready',
      message: expect.stringContaining('set jailer_uids to a wider range') as string,
    });
    for (const vm of vms) await vm[Symbol.asyncDispose]();
    await expectNothingLeft();
  });

  it('that the jailer refuses leaves nothing, and the log has its words', async () => {
    const wall = await host.jailerWall(program, version, { complaint: 'Failed to pivot root: secret' });
    const error: unknown = await driverBehind(wall)
      .boot(spec, { signal: forever })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(error).toMatchObject({
      code: 'vm_failed',
      context: { tail: expect.stringContaining('pivot') as string },
    });
    expect(String(error)).not.toContain('secret');
    await expectNothingLeft();
  });

  it.each([0, 10, 40, 120])('whose start is aborted after %i ms leaves nothing', async (ms) => {
    const driver = driverBehind(await host.jailerWall(program, version));
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
  });

  it('whose files cannot be shown leaves nothing', async () => {
    const boot = { ...spec.boot, kernel: join(host.path, 'absent') };
    const booted = driverBehind(await host.jailerWall(program, version)).boot(
      { ...spec, boot },
      { signal: forever },
    );
    await expect(booted).rejects.toMatchObject({ code: 'vm_failed' });
    await expectNothingLeft();
  });
});

describe.runIf(works)('a jail of the jailer', () => {
  /** Starts a cell by a Node process that opens the gate as the driver does. */
  async function startOwner(cell: Cell) {
    const script = `
      const [command, ...args] = ${JSON.stringify(cell.command(firecrackerArguments({ logLevel: false })))};
      const child = require('node:child_process').spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
      child.stdin.on('error', () => {});
      child.stdout.once('data', () => child.stdin.write(${JSON.stringify(GATE_GO)}));
      require('node:fs').writeSync(1, 'spawned');`;
    const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(owner.stdout, 'data');
    return owner;
  }

  it.each([0, 5, 20, 60, 400])('is gone when its owner is killed %i ms after the start', async (ms) => {
    const wall = await host.jailerWall(program, version);
    const cell = await wall.enclose({ name, files: {}, writableFiles: {}, memoryMb: 64 });
    const owner = await startOwner(cell);
    await sleep(ms);
    owner.kill('SIGKILL');
    await expect.poll(() => processesWithArgument(name), { timeout: 3000, interval: 10 }).toEqual([]);
    await cell.release();
    await cell.release();
    await expectNothingLeft();
  });
});

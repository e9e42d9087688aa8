import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../observability/log.ts';
import { takeLease } from '../sys/leases.ts';
import { tvmPaths } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { registerInstance, sweepDeadInstances, vmId } from './instance.ts';

const DEAD = '00000000deadbeef';

let folder: string;
let paths: Paths;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-instance-'));
  paths = tvmPaths({ config: folder, cache: folder, state: folder, runtime: folder });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a sweep removes processes, jails and user ids of a dead instance, and nothing of a living one', async () => {
  await using instance = await registerInstance(paths);
  await takeLease(paths.uidLeasesDir, '20000', instance.id);
  const jail = join(paths.instancesDir, DEAD, 'vm-1', 'firecracker', 'tvm-x', 'root');
  mkdirSync(jail, { recursive: true });
  writeFileSync(join(jail, 'kernel'), '');
  writeFileSync(
    join(paths.instancesDir, DEAD, 'owner.json'),
    JSON.stringify({ pid: 1, startTicks: '0', bootId: '' }),
  );
  await takeLease(paths.uidLeasesDir, '20001', DEAD);
  const orphan = spawn('sh', ['-c', 'read -r line', 'sh', `tvm-${vmId({ id: DEAD }, 'a')}`]);
  const ended = once(orphan, 'exit');

  await sweepDeadInstances(paths, silentLogger());

  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(readdirSync(paths.instancesDir)).toEqual([instance.id]);
  expect(readdirSync(paths.uidLeasesDir)).toEqual(['20000']);
});

it('an instance that ends gives back all that it had', async () => {
  const instance = await registerInstance(paths);
  await takeLease(paths.uidLeasesDir, '20000', instance.id);
  await instance[Symbol.asyncDispose]();
  expect([existsSync(instance.folder), readdirSync(paths.uidLeasesDir)]).toEqual([false, []]);
});

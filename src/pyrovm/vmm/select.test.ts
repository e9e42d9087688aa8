import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOUBLE_JAILS, FirecrackerHost } from '../../../test/doubles/firecracker-host.ts';
import { writeFirecrackerDouble } from '../../../test/doubles/firecracker-program.ts';
import { isolatedConfig } from '../../../test/support/real-host.ts';
import { silentLogger } from '../../observability/log.ts';
import { registerInstance } from '../instance.ts';
import { selectDriver } from './select.ts';
import type { Selection } from './select.ts';

// What the selection makes of Firecracker; the doubles of it boot without KVM, but are not even tried where there is none.
const hasKvm = existsSync('/dev/kvm');
if (!hasKvm) process.stderr.write('the selection of Firecracker is not tested here: there is no /dev/kvm\n');

let host: FirecrackerHost;
let said: string[];
beforeEach(() => {
  host = new FirecrackerHost();
  said = [];
});
afterEach(() => host[Symbol.dispose]());

/** With QEMU that cannot be started, so that nothing but Firecracker is left. */
async function select(firecracker: string, flags: Record<string, string> = {}): Promise<Selection> {
  const environment = { vmm: 'firecracker', firecracker_bin: firecracker, jail: DOUBLE_JAILS[0], ...flags };
  const { settings, paths } = isolatedConfig(host.path, environment);
  await using instance = await registerInstance(paths);
  const selection = await selectDriver({
    settings,
    // The record of this machine's own probes is not ours.
    paths: { ...paths, probeFile: `${host.path}/probe.json` },
    instance,
    boot: host.artefacts().boot,
    install: { kind: 'host', binary: '/bin/false' },
    logger: silentLogger(),
    signal: new AbortController().signal,
    progress: (text) => said.push(text),
  });
  return selection;
}

describe('the selection of a monitor', () => {
  it.runIf(hasKvm)('takes Firecracker when its probe guest boots, and remembers that', async () => {
    const binary = await writeFirecrackerDouble(host.path, { version: '1.15.1' });
    const { driver, firecracker, qemuVersion } = await select(binary);
    expect(driver?.info).toMatchObject({ name: 'firecracker', version: '1.15.1', isolation: 'hardware' });
    expect(firecracker?.install).toEqual({ binary, version: '1.15.1' });
    expect(qemuVersion).toBeUndefined();
    expect(said).toEqual(['booting a probe guest (firecracker, kvm)']);
    expect((await select(binary)).driver?.info.name).toBe('firecracker');
    expect(said).toHaveLength(1);
  });

  it.runIf(hasKvm)('says why Firecracker was not taken, in its own words', async () => {
    const complaint = 'Cannot find the flux capacitor';
    const mishaps = { 'PUT /actions': 'fault' } as const;
    const binary = await writeFirecrackerDouble(host.path, { version: '1.15.1', mishaps, complaint });
    const { driver, probes } = await select(binary);
    expect(driver).toBeUndefined();
    expect(probes.firecracker).toMatchObject({
      works: false,
      reason: expect.stringContaining(complaint) as string,
    });
  });

  it('says that a version is too old', async () => {
    const binary = await writeFirecrackerDouble(host.path, { version: '1.0.9' });
    const { driver, probes } = await select(binary);
    expect(driver).toBeUndefined();
    expect(probes).toEqual({
      firecracker: { works: false, reason: 'Firecracker 1.0.9 is too old; TVM needs 1.1.0 or newer' },
    });
  });

  it.each([
    [{ firecracker_bin: '/nonexistent' }, /does not exist/],
    [{ accelerator: 'tcg' }, /needs KVM/],
  ])('says that with %j there is none', async (flags, reason) => {
    const binary = await writeFirecrackerDouble(host.path, { version: '1.15.1' });
    const { driver, probes } = await select(binary, flags);
    expect(driver).toBeUndefined();
    expect(probes.firecracker).toMatchObject({ reason: expect.stringMatching(reason) as string });
  });
});

import { qemuName } from '../../src/pyrovm/vmm/qemu/arguments.ts';
import { processesWithArgument } from '../support/processes.ts';
import { realDriverUnderTest, selectReal } from '../support/real-driver.ts';
import { temporaryFolder } from '../support/real-host.ts';
import { describeDriverContract } from './driver-contract.ts';

// What this host can do is found by the real selection; where KVM works, both accelerators are held to the contract.
await using probeFolder = await temporaryFolder();
const { probes } = await selectReal(probeFolder.path, { accelerator: 'auto' });
const accelerators = (['kvm', 'tcg'] as const).filter((name) => probes[name]?.works);
if (!accelerators.includes('kvm')) {
  const { kvm } = probes;
  process.stderr.write(`qemu/kvm is not tested here: ${kvm && !kvm.works ? kvm.reason : 'no KVM'}\n`);
}

for (const accelerator of accelerators) {
  describeDriverContract(`qemu/${accelerator}`, async () =>
    realDriverUnderTest({ accelerator }, (id) => processesWithArgument(qemuName(id)).length),
  );
}

import { ensureBootArtefacts } from '../../src/images/boot-artefacts.ts';
import { findImage } from '../../src/images/store.ts';
import { silentLogger } from '../../src/observability/log.ts';
import { registerInstance } from '../../src/pyrovm/instance.ts';
import { qemuName } from '../../src/pyrovm/vmm/qemu/arguments.ts';
import { ensureQemuInstall } from '../../src/pyrovm/vmm/qemu/install.ts';
import { selectDriver } from '../../src/pyrovm/vmm/select.ts';
import { processesWithArgument } from '../support/processes.ts';
import { isolatedConfig, temporaryFolder } from '../support/real-host.ts';
import { describeDriverContract } from './driver-contract.ts';

// What this host can do is found by the real selection; where KVM works, both accelerators are held to the contract.
const signal = new AbortController().signal;
await using probeFolder = await temporaryFolder();
const usable = await select(probeFolder.path, 'auto');
const accelerators = (['kvm', 'tcg'] as const).filter((name) => usable.probes[name]?.works);
if (!accelerators.includes('kvm')) {
  const { kvm } = usable.probes;
  process.stderr.write(`qemu/kvm is not tested here: ${kvm && !kvm.works ? kvm.reason : 'no KVM'}\n`);
}

for (const accelerator of accelerators) {
  describeDriverContract(`qemu/${accelerator}`, async () => {
    const folder = await temporaryFolder();
    const { driver, boot, paths } = await select(folder.path, accelerator);
    const image = await findImage(paths, 'python@3.11');
    if (!driver || !image) throw new Error('the image python@3.11 is needed: tvm images build');
    return {
      driver,
      artefacts: { boot, rootfs: image.path },
      remains: (vm) => processesWithArgument(qemuName(vm.id)).length,
      [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose](),
    };
  });
}

async function select(folder: string, accelerator: 'auto' | 'kvm' | 'tcg') {
  const config = isolatedConfig(folder, { accelerator });
  const { settings, paths } = config;
  const progress = (): void => {};
  const boot = await ensureBootArtefacts(paths, { signal, progress });
  const install = await ensureQemuInstall(config, { signal, progress });
  const instance = await registerInstance(paths);
  const selection = await selectDriver({
    settings,
    paths,
    instance,
    boot,
    install,
    logger: silentLogger(),
    signal,
    progress,
  });
  return { ...selection, boot, paths };
}

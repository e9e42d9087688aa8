import { ensureBootArtefacts } from '../../src/images/boot-artefacts.ts';
import { findImage } from '../../src/images/store.ts';
import { silentLogger } from '../../src/observability/log.ts';
import { registerInstance } from '../../src/pyrovm/instance.ts';
import type { BootArtefacts } from '../../src/pyrovm/vmm/driver.ts';
import { ensureQemuInstall } from '../../src/pyrovm/vmm/qemu/install.ts';
import { selectDriver } from '../../src/pyrovm/vmm/select.ts';
import type { Selection } from '../../src/pyrovm/vmm/select.ts';
import type { DriverUnderTest } from '../contract/driver-contract.ts';
import { isolatedConfig, temporaryFolder } from './real-host.ts';
import type { SettingFlags } from './real-host.ts';

/** What this host can do with these settings, by the real selection, in an instance whose folders are in `folder`. */
export async function selectReal(
  folder: string,
  flags: SettingFlags,
): Promise<Selection & { readonly boot: BootArtefacts; readonly rootfs: string | undefined }> {
  const config = isolatedConfig(folder, flags);
  const { settings, paths } = config;
  const { signal } = new AbortController();
  const progress = (): void => {};
  const boot = await ensureBootArtefacts(paths, { signal, progress });
  const install = await ensureQemuInstall(config, { signal, progress });
  const instance = await registerInstance(paths);
  const logger = silentLogger();
  const selection = await selectDriver({
    settings,
    paths,
    instance,
    boot,
    install,
    logger,
    signal,
    progress,
  });
  return { ...selection, boot, rootfs: (await findImage(paths, 'python@3.11'))?.path };
}

/**
 * The driver that these settings give on this host, to be held to the contract.
 * @param remains processes that still exist of the VM with this id
 * @throws when nothing works with these settings; the reasons are in the message
 */
export async function realDriverUnderTest(
  flags: SettingFlags,
  remains: (vmId: string) => number,
): Promise<DriverUnderTest> {
  const folder = await temporaryFolder();
  const { driver, boot, rootfs, probes } = await selectReal(folder.path, flags);
  if (!driver) throw new Error(`no driver works: ${JSON.stringify(probes)}`);
  if (rootfs === undefined) throw new Error('the image python@3.11 is needed: tvm images build');
  return {
    driver,
    artefacts: { boot, rootfs },
    remains: (vm) => remains(vm.id),
    [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose](),
  };
}

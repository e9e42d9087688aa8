import { getuid } from 'node:process';
import type { Logger } from '../../../observability/log.ts';
import type { DriverInfo, Snapshot, SnapshotSupport, TemplateVm, Vm, VmmDriver, VmSpec } from '../driver.ts';
import { makeJail } from '../jail.ts';
import type { Jail, JailKind } from '../jail.ts';
import { startJailed } from '../jailed-process.ts';
import type { KvmAccess } from '../kvm.ts';
import { bootCalls, restoreCalls, saveCalls } from './calls.ts';
import type { ApiCall } from './calls.ts';
import { firecrackerArguments, firecrackerName } from './command.ts';
import { makeVmFolder } from './folder.ts';
import { featuresOf } from './version.ts';
import type { FirecrackerFeatures, FirecrackerInstall } from './version.ts';
import { FirecrackerVm } from './vm.ts';

export interface FirecrackerOptions {
  readonly install: FirecrackerInstall;
  readonly jail: JailKind;
  /** File tree that the jailed process sees as its system; by default the host's. */
  readonly systemTree?: string | undefined;
  readonly kvm: KvmAccess;
  /** Private folder of this process, for the sockets. */
  readonly folder: string;
  readonly logger: Logger;
}

/** `template` can be saved, `clone` goes on from files, `plain` is neither. */
type Role = 'plain' | 'template' | 'clone';

/**
 * Runs microVMs in Firecracker: virtio over MMIO, the agent on a vsock port, a console that is read and kept in part.
 *
 * The wall around the process is that of QEMU's, {@link makeJail}, beside Firecracker's own seccomp filters. Firecracker's
 * `jailer` would take the place of what `#jail` and `#start` do with it: both give a folder, paths and a command line.
 */
export class FirecrackerDriver implements VmmDriver {
  readonly info: DriverInfo;
  readonly snapshots: SnapshotSupport | undefined;
  readonly #options: FirecrackerOptions;
  readonly #features: FirecrackerFeatures;
  readonly #root = getuid?.() === 0;

  constructor(options: FirecrackerOptions) {
    this.#options = options;
    this.#features = featuresOf(options.install.version);
    this.info = {
      name: 'firecracker',
      version: options.install.version,
      accelerator: 'kvm',
      isolation: 'hardware',
      jail: `${options.jail} + seccomp`,
    };
    this.snapshots = this.#features.clones
      ? {
          bootTemplate: async (spec, files, { signal }) => this.#bootTemplate(spec, files, signal),
          restore: async (spec, files, { signal }) => this.#restore(spec, files, signal),
        }
      : undefined;
  }

  async boot(spec: VmSpec, { signal }: { readonly signal: AbortSignal }): Promise<Vm> {
    return this.#start(spec, 'plain', undefined, signal);
  }

  async #bootTemplate(spec: VmSpec, files: Snapshot, signal: AbortSignal): Promise<TemplateVm> {
    const vm = await this.#start(spec, 'template', files, signal);
    const jail = this.#jail(spec, 'template', files, undefined);
    const save = async (): Promise<void> => {
      // No connection is part of the snapshot.
      vm.channel.destroy();
      await vm.call(saveCalls(jail.pathOf('memory'), jail.pathOf('state')));
    };
    return Object.assign(vm, { save });
  }

  async #restore(spec: VmSpec, files: Snapshot, signal: AbortSignal): Promise<Vm> {
    return this.#start(spec, 'clone', files, signal);
  }

  async #start(
    spec: VmSpec,
    role: Role,
    snapshot: Snapshot | undefined,
    signal: AbortSignal,
  ): Promise<FirecrackerVm> {
    signal.throwIfAborted();
    const { install, logger } = this.#options;
    const folder = await makeVmFolder(this.#options.folder, this.#root);
    const jail = this.#jail(spec, role, snapshot, folder.path);
    const name = firecrackerName(spec.id);
    const argv = jail.wrap([jail.pathOf('firecracker'), ...firecrackerArguments(spec.id, this.#features)]);
    const child = await startJailed({ argv, name, vmId: spec.id, channelCount: 0 }, signal).catch(
      async (error: unknown) => {
        await folder.remove();
        throw error;
      },
    );
    const vm = new FirecrackerVm(spec.id, child, folder, logger);
    const kill = (): void => void vm[Symbol.asyncDispose]();
    signal.addEventListener('abort', kill, { once: true });
    try {
      signal.throwIfAborted();
      await vm.start(install.version, this.#calls(spec, role, jail), { saved: role === 'template' });
      signal.throwIfAborted();
      return vm;
    } catch (error) {
      await vm[Symbol.asyncDispose]();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  #calls(spec: VmSpec, role: Role, jail: Jail): readonly ApiCall[] {
    if (role === 'clone') return restoreCalls(jail.pathOf('memory'), jail.pathOf('state'));
    const files = {
      kernel: jail.pathOf('kernel'),
      initrd: jail.pathOf('initrd'),
      rootfs: spec.rootfs === undefined ? undefined : jail.pathOf('rootfs'),
    };
    return bootCalls(spec, files, this.#features);
  }

  #jail(spec: VmSpec, role: Role, snapshot: Snapshot | undefined, folder: string | undefined): Jail {
    const { install, kvm, systemTree } = this.#options;
    const files = snapshot ? { memory: snapshot.memory, state: snapshot.state } : {};
    return makeJail(this.#options.jail, {
      systemTree,
      files: {
        firecracker: install.binary,
        ...(role === 'clone' ? files : { kernel: spec.boot.kernel, initrd: spec.boot.initrd }),
        ...(spec.rootfs === undefined ? {} : { rootfs: spec.rootfs }),
      },
      writableFiles: role === 'template' ? files : {},
      folder,
      kvm,
      root: this.#root,
    });
  }
}

import { getuid } from 'node:process';
import type { Logger } from '../../../observability/log.ts';
import type { DriverInfo, Snapshot, SnapshotSupport, TemplateVm, Vm, VmmDriver, VmSpec } from '../driver.ts';
import { makeJail } from '../jail.ts';
import type { JailFiles, JailKind } from '../jail.ts';
import { startJailed } from '../jailed-process.ts';
import type { KvmAccess } from '../kvm.ts';
import { qemuArguments, qemuName } from './arguments.ts';
import type { QemuRole } from './arguments.ts';
import { qemuCommand } from './install.ts';
import type { QemuInstall } from './install.ts';
import { mapsMemoryReadOnly } from './version.ts';
import { QemuVm } from './vm.ts';

export interface QemuOptions {
  readonly install: QemuInstall;
  readonly version: string;
  readonly accelerator: 'kvm' | 'tcg';
  readonly jail: JailKind;
  /** Needed for `kvm`. */
  readonly kvm?: KvmAccess | undefined;
  readonly logger: Logger;
}

interface BootOptions {
  readonly signal: AbortSignal;
}

/** Runs microVMs in QEMU: the architecture's machine type (q35, virt), virtio over PCI, the agent on a virtio-serial port. */
export class QemuDriver implements VmmDriver {
  readonly info: DriverInfo;
  readonly snapshots: SnapshotSupport | undefined;
  readonly #options: QemuOptions;

  constructor(options: QemuOptions) {
    this.#options = options;
    this.info = {
      name: 'qemu',
      version: options.version,
      accelerator: options.accelerator,
      isolation: options.accelerator === 'kvm' ? 'hardware' : 'emulated',
      jail: `${options.jail} + seccomp`,
    };
    this.snapshots = mapsMemoryReadOnly(options.version)
      ? {
          bootTemplate: async (spec, files, { signal }) => this.#bootTemplate(spec, files, signal),
          restore: async (spec, files, { signal }) => this.#restore(spec, files, signal),
        }
      : undefined;
  }

  async boot(spec: VmSpec, { signal }: BootOptions): Promise<Vm> {
    return this.#start(spec, 'plain', undefined, signal);
  }

  async #bootTemplate(spec: VmSpec, files: Snapshot, signal: AbortSignal): Promise<TemplateVm> {
    const vm = await this.#start(spec, 'template', files, signal);
    const jail = this.#jail(spec, 'template', files);
    return Object.assign(vm, {
      save: async (): Promise<void> => {
        await vm.qmp.open();
        await vm.qmp.ignoreSharedMemory();
        await vm.qmp.execute('stop');
        await vm.qmp.execute('migrate', { uri: `file:${jail.pathOf('state')}` });
        await vm.qmp.migrationEnd();
      },
    });
  }

  async #restore(spec: VmSpec, files: Snapshot, signal: AbortSignal): Promise<Vm> {
    const vm = await this.#start(spec, 'clone', files, signal);
    const kill = (): void => void vm[Symbol.asyncDispose]();
    signal.addEventListener('abort', kill, { once: true });
    try {
      signal.throwIfAborted();
      await vm.qmp.open();
      await vm.qmp.ignoreSharedMemory();
      await vm.qmp.execute('migrate-incoming', {
        uri: `file:${this.#jail(spec, 'clone', files).pathOf('state')}`,
      });
      await vm.qmp.migrationEnd();
      await vm.qmp.execute('cont');
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

  async #start(
    spec: VmSpec,
    role: QemuRole,
    snapshot: Snapshot | undefined,
    signal: AbortSignal,
  ): Promise<QemuVm> {
    signal.throwIfAborted();
    const { install, accelerator, jail: jailKind } = this.#options;
    const jail = this.#jail(spec, role, snapshot);
    const seen = {
      kernel: jail.pathOf('kernel'),
      initrd: jail.pathOf('initrd'),
      rootfs: spec.rootfs === undefined ? undefined : jail.pathOf('rootfs'),
      memory: snapshot && jail.pathOf('memory'),
    };
    const command = [...qemuCommand(install, jailKind), ...qemuArguments(spec, seen, accelerator, role)];
    const name = qemuName(spec.id);
    const argv = jail.wrap(command);
    const child = await startJailed({ argv, name, vmId: spec.id, channelCount: 2 }, signal);
    return new QemuVm(spec.id, child, this.#options.logger);
  }

  #jail(spec: VmSpec, role: QemuRole, snapshot: Snapshot | undefined) {
    const { install, accelerator, kvm } = this.#options;
    const files: JailFiles = snapshot ? { memory: snapshot.memory, state: snapshot.state } : {};
    return makeJail(this.#options.jail, {
      systemTree: install.kind === 'tree' ? install.root : undefined,
      files: {
        kernel: spec.boot.kernel,
        initrd: spec.boot.initrd,
        ...(spec.rootfs === undefined ? {} : { rootfs: spec.rootfs }),
        ...(role === 'clone' ? files : {}),
      },
      writableFiles: role === 'template' ? files : {},
      kvm: accelerator === 'kvm' ? kvm : undefined,
      root: getuid?.() === 0,
    });
  }
}

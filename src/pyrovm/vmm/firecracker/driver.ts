import type { Logger } from '../../../observability/log.ts';
import type { DriverInfo, Snapshot, SnapshotSupport, TemplateVm, Vm, VmmDriver, VmSpec } from '../driver.ts';
import { startJailed } from '../jailed-process.ts';
import { bootCalls, restoreCalls, saveCalls } from './calls.ts';
import type { ApiCall } from './calls.ts';
import { firecrackerArguments, firecrackerName } from './command.ts';
import { featuresOf } from './version.ts';
import type { FirecrackerFeatures, FirecrackerInstall } from './version.ts';
import { FirecrackerVm } from './vm.ts';
import type { Cell, CellSpec, Wall } from './wall.ts';

export interface FirecrackerOptions {
  readonly install: FirecrackerInstall;
  readonly wall: Wall;
  readonly logger: Logger;
}

/** `template` can be saved, `clone` goes on from files, `plain` is neither. */
type Role = 'plain' | 'template' | 'clone';

/**
 * Runs microVMs in Firecracker: virtio over MMIO, the agent on a vsock port, a console that is read and kept in part.
 * Around the process is a {@link Wall}, beside Firecracker's own seccomp filters.
 */
export class FirecrackerDriver implements VmmDriver {
  readonly info: DriverInfo;
  readonly snapshots: SnapshotSupport | undefined;
  readonly #options: FirecrackerOptions;
  readonly #features: FirecrackerFeatures;

  constructor(options: FirecrackerOptions) {
    this.#options = options;
    this.#features = featuresOf(options.install.version);
    this.info = {
      name: 'firecracker',
      version: options.install.version,
      accelerator: 'kvm',
      isolation: 'hardware',
      jail: `${options.wall.name} + seccomp`,
    };
    this.snapshots = this.#features.clones
      ? {
          bootTemplate: async (spec, files, { signal }) => this.#bootTemplate(spec, files, signal),
          restore: async (spec, files, { signal }) => this.#restore(spec, files, signal),
        }
      : undefined;
  }

  async boot(spec: VmSpec, { signal }: { readonly signal: AbortSignal }): Promise<Vm> {
    return (await this.#start(spec, 'plain', undefined, signal)).vm;
  }

  async #bootTemplate(spec: VmSpec, files: Snapshot, signal: AbortSignal): Promise<TemplateVm> {
    const { vm, cell } = await this.#start(spec, 'template', files, signal);
    const save = async (): Promise<void> => {
      // No connection is part of the snapshot.
      vm.channel.destroy();
      await vm.call(saveCalls(cell.pathOf('memory'), cell.pathOf('state')));
    };
    return Object.assign(vm, { save });
  }

  async #restore(spec: VmSpec, files: Snapshot, signal: AbortSignal): Promise<Vm> {
    return (await this.#start(spec, 'clone', files, signal)).vm;
  }

  async #start(
    spec: VmSpec,
    role: Role,
    snapshot: Snapshot | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly vm: FirecrackerVm; readonly cell: Cell }> {
    signal.throwIfAborted();
    const { install, logger, wall } = this.#options;
    const name = firecrackerName(spec.id);
    const cell = await wall.enclose({ name, memoryMb: spec.memoryMb, ...filesOf(spec, role, snapshot) });
    const argv = cell.command(firecrackerArguments(this.#features));
    const child = await startJailed({ argv, name, vmId: spec.id, channelCount: 0 }, signal).catch(
      async (error: unknown) => {
        await cell.release();
        throw error;
      },
    );
    const vm = new FirecrackerVm(spec.id, child, cell, logger);
    const kill = (): void => void vm[Symbol.asyncDispose]();
    signal.addEventListener('abort', kill, { once: true });
    try {
      signal.throwIfAborted();
      await vm.start(install.version, this.#calls(spec, role, cell), { saved: role === 'template' });
      signal.throwIfAborted();
      return { vm, cell };
    } catch (error) {
      await vm[Symbol.asyncDispose]();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  #calls(spec: VmSpec, role: Role, cell: Cell): readonly ApiCall[] {
    if (role === 'clone') return restoreCalls(cell.pathOf('memory'), cell.pathOf('state'));
    const files = {
      kernel: cell.pathOf('kernel'),
      initrd: cell.pathOf('initrd'),
      rootfs: spec.rootfs === undefined ? undefined : cell.pathOf('rootfs'),
    };
    return bootCalls(spec, files, this.#features);
  }
}

/** What the process of a machine shall see, and what of that it may write to. */
function filesOf(
  spec: VmSpec,
  role: Role,
  snapshot: Snapshot | undefined,
): Pick<CellSpec, 'files' | 'writableFiles'> {
  const saved = snapshot ? { memory: snapshot.memory, state: snapshot.state } : {};
  return {
    files: {
      ...(role === 'clone' ? saved : { kernel: spec.boot.kernel, initrd: spec.boot.initrd }),
      ...(spec.rootfs === undefined ? {} : { rootfs: spec.rootfs }),
    },
    writableFiles: role === 'template' ? saved : {},
  };
}

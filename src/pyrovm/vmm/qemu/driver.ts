import { getuid } from 'node:process';
import { TvmError } from '../../../errors.ts';
import type { Logger } from '../../../observability/log.ts';
import { BoundedTail } from '../../../sys/bounded-tail.ts';
import { killProcessesByArgument } from '../../../sys/process-table.ts';
import { startProcess } from '../../../sys/process.ts';
import type { ManagedProcess } from '../../../sys/process.ts';
import type { DriverInfo, Vm, VmExit, VmmDriver, VmSpec } from '../driver.ts';
import { makeJail } from '../jail.ts';
import type { JailFiles, JailKind } from '../jail.ts';
import type { KvmAccess } from '../kvm.ts';
import { AGENT_DESCRIPTOR, CONSOLE_DESCRIPTOR, qemuArguments, qemuName } from './arguments.ts';

/** Bytes of the console and of QEMU's stderr that are kept for the log. */
const TAIL_BYTES = 8192;

/** How long a VM process may outlive its jail before it is killed by name, in ms. */
const JAIL_EXIT_TIMEOUT_MS = 1000;

export interface QemuOptions {
  /** QEMU program. */
  readonly binary: string;
  readonly version: string;
  readonly accelerator: 'kvm' | 'tcg';
  readonly jail: JailKind;
  /** Needed for `kvm`. */
  readonly kvm?: KvmAccess | undefined;
  readonly logger: Logger;
}

/** Runs microVMs in QEMU: machine type q35, virtio over PCI, the agent on a virtio-serial port. */
export class QemuDriver implements VmmDriver {
  readonly info: DriverInfo;
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
  }

  async boot(spec: VmSpec, { signal }: { readonly signal: AbortSignal }): Promise<Vm> {
    signal.throwIfAborted();
    const child = await startProcess(this.#command(spec), { channelCount: 2 });
    const vm = new QemuVm(spec.id, child, this.#options.logger);
    if (signal.aborted) {
      await vm[Symbol.asyncDispose]();
      throw signal.reason;
    }
    return vm;
  }

  #command(spec: VmSpec): readonly string[] {
    const { binary, accelerator, kvm } = this.#options;
    const files: JailFiles = {
      kernel: spec.boot.kernel,
      initrd: spec.boot.initrd,
      ...(spec.rootfs === undefined ? {} : { rootfs: spec.rootfs }),
    };
    const jail = makeJail(this.#options.jail, {
      files,
      kvm: accelerator === 'kvm' ? kvm : undefined,
      root: getuid?.() === 0,
    });
    const seen = {
      kernel: jail.pathOf('kernel'),
      initrd: jail.pathOf('initrd'),
      rootfs: spec.rootfs === undefined ? undefined : jail.pathOf('rootfs'),
    };
    return jail.wrap([binary, ...qemuArguments(spec, seen, accelerator)]);
  }
}

class QemuVm implements Vm {
  readonly id: string;
  readonly channel;
  readonly exited: Promise<VmExit>;
  readonly #process: ManagedProcess;
  readonly #console = new BoundedTail(TAIL_BYTES);
  readonly #stderr = new BoundedTail(TAIL_BYTES);
  #disposed = false;

  constructor(id: string, child: ManagedProcess, logger: Logger) {
    const [channel, console] = [child.channels[AGENT_DESCRIPTOR - 3], child.channels[CONSOLE_DESCRIPTOR - 3]];
    if (!channel || !console) throw new TvmError('internal', 'the VM process has no channels');
    this.id = id;
    this.channel = channel;
    this.#process = child;
    console.on('data', (chunk: Buffer) => this.#console.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    // QMP greets and is otherwise unused until templates need it; an undrained pipe would stall QEMU.
    child.stdout.resume();
    this.exited = child.exited.then((exit) => {
      const reason = `qemu ended ${exit.signal ? `by ${exit.signal}` : `with code ${exit.code}`}`;
      if (!this.#disposed) {
        logger.warn(
          { vm_id: id, stderr: this.errorTail(), console: this.consoleTail() },
          `${reason} on its own`,
        );
      }
      return { reason };
    });
  }

  consoleTail(): string {
    return this.#console.text().trim();
  }

  errorTail(): string {
    return this.#stderr.text().trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#process.kill();
    // The VM process dies with the jail's outer process, which was just killed. Should it not, it is found by its name.
    const timer = setTimeout(
      () => void killProcessesByArgument((argument) => argument === qemuName(this.id)),
      JAIL_EXIT_TIMEOUT_MS,
    );
    await this.exited;
    clearTimeout(timer);
  }
}

import type { Duplex } from 'node:stream';

/** `hardware` is KVM; `emulated` is TCG, where the jail around the VM process is the wall. */
export type IsolationTier = 'hardware' | 'emulated';

/** What a microVM boots from. */
export interface BootArtefacts {
  /** Uncompressed ELF kernel. */
  readonly kernel: string;
  readonly initrd: string;
}

/** A microVM to be made. */
export interface VmSpec {
  /** Unique; names the VM's process for the sweep of orphans. */
  readonly id: string;
  readonly memoryMb: number;
  readonly cpuCount: number;
  readonly boot: BootArtefacts;
  /** Read-only root file system image (EROFS); a probe guest has none. */
  readonly rootfs: string | undefined;
}

/** Why a VM's process ended; `reason` is fit for a log. */
export interface VmExit {
  readonly reason: string;
}

/**
 * A microVM whose process runs. Disposing it kills the process and returns when nothing of it is left; it is safe at
 * any time and any number of times.
 */
export interface Vm extends AsyncDisposable {
  readonly id: string;
  /** Byte stream to the guest agent; ends when the VM does. */
  readonly channel: Duplex;
  /** Settles, never rejects, when the process is gone, whoever ended it. */
  readonly exited: Promise<VmExit>;
  /** The end of what the guest wrote to its console, for the log. */
  consoleTail(): string;
  /** The end of what the VM process itself complained of, for the log. */
  errorTail(): string;
}

export interface DriverInfo {
  readonly name: 'qemu' | 'firecracker';
  readonly version: string;
  readonly accelerator: 'kvm' | 'tcg';
  readonly isolation: IsolationTier;
  /** What walls the VM's process in, in words. */
  readonly jail: string;
}

/** A stopped machine as two files: its memory, and the state of its devices. Nobody writes to them once they are made. */
export interface Snapshot {
  readonly memory: string;
  readonly state: string;
}

/** A machine that can be saved. */
export interface TemplateVm extends Vm {
  /** Stops the machine for good and completes its snapshot; to be disposed afterwards. @throws TvmError `vm_failed` */
  save(): Promise<void>;
}

/** Cloning of machines. */
export interface SnapshotSupport {
  /**
   * Boots a machine whose memory lies in `files.memory`. Both files must exist, be empty, and be writable by the VM's
   * process. No stranger's code may ever run in it.
   */
  bootTemplate(spec: VmSpec, files: Snapshot, options: { readonly signal: AbortSignal }): Promise<TemplateVm>;
  /**
   * Starts a machine that goes on where the saved one stopped, with memory of its own: what it writes is its own, and
   * it cannot write to the files.
   * @param spec the template's, but for the id
   */
  restore(spec: VmSpec, files: Snapshot, options: { readonly signal: AbortSignal }): Promise<Vm>;
}

/** The port to a virtual machine monitor. Callers ask for what it can do and never compare names. */
export interface VmmDriver {
  readonly info: DriverInfo;
  /** Absent: this monitor cannot clone machines safely here. */
  readonly snapshots?: SnapshotSupport | undefined;
  /**
   * Starts a VM's process and lets it boot; it returns before the guest has said anything.
   * @throws TvmError `vm_failed` or `host_unready`; the signal's reason on abort, with nothing left behind.
   */
  boot(spec: VmSpec, options: { readonly signal: AbortSignal }): Promise<Vm>;
}

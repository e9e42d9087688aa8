import { VM_SOCKETS } from '../../../sys/paths.ts';
import type { VmSpec } from '../driver.ts';
import { kernelCommandLine } from './command.ts';
import type { FirecrackerFeatures } from './version.ts';

/** One call of Firecracker's API that changes something; the answer is 204. */
export interface ApiCall {
  readonly method: 'PUT' | 'PATCH';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Longest wait for the answer, in ms. */
  readonly timeoutMs: number;
}

/** Paths of the VM's files, as the Firecracker process sees them. */
export interface FirecrackerFiles {
  readonly kernel: string;
  readonly initrd: string;
  readonly rootfs: string | undefined;
}

/** Settings are written down, machines are started and stopped: neither waits for anything but the CPU. In ms. */
const QUICK_MS = 15_000;

/** All memory of the guest is written to a disk and flushed. In ms. */
const SAVE_MS = 120_000;

/** Only a label of the guest's end: the lowest that is not reserved. */
const GUEST_CID = 3;

/**
 * The calls that make and start a machine, in their order; fields as in Firecracker's
 * src/firecracker/swagger/firecracker.yaml of 1.1 to 1.16. Every version refuses fields that it does not know.
 *
 * - `track_dirty_pages` off: clones are made of full snapshots alone.
 * - `uds_path` relative: it is part of a snapshot, and each clone makes its socket in a folder of its own.
 * - No network device.
 */
export function bootCalls(spec: VmSpec, files: FirecrackerFiles, features: FirecrackerFeatures): ApiCall[] {
  return [
    put('/machine-config', {
      vcpu_count: spec.cpuCount,
      mem_size_mib: spec.memoryMb,
      smt: false,
      track_dirty_pages: false,
    }),
    put('/boot-source', {
      kernel_image_path: files.kernel,
      initrd_path: files.initrd,
      boot_args: kernelCommandLine(spec),
    }),
    ...(files.rootfs === undefined ? [] : [rootDrive(files.rootfs)]),
    put('/vsock', { guest_cid: GUEST_CID, uds_path: VM_SOCKETS.vsock }),
    // It must be there before the snapshot: no device can be added to a clone.
    ...(features.entropyDevice ? [put('/entropy', {})] : []),
    put('/actions', { action_type: 'InstanceStart' }),
  ];
}

/** The calls that stop a machine and write it down. It must not go on afterwards: its clones do. */
export function saveCalls(memory: string, state: string): ApiCall[] {
  return [
    { method: 'PATCH', path: '/vm', body: { state: 'Paused' }, timeoutMs: QUICK_MS },
    {
      ...put('/snapshot/create', { snapshot_type: 'Full', snapshot_path: state, mem_file_path: memory }),
      timeoutMs: SAVE_MS,
    },
  ];
}

/**
 * The calls that make a machine go on from its files, in a process that was told nothing else. Firecracker opens the memory
 * for reading and maps it privately: pages are read when they are touched and copied when they are written to.
 */
export function restoreCalls(memory: string, state: string): ApiCall[] {
  return [
    put('/snapshot/load', {
      snapshot_path: state,
      mem_backend: { backend_type: 'File', backend_path: memory },
      resume_vm: false,
    }),
    { method: 'PATCH', path: '/vm', body: { state: 'Resumed' }, timeoutMs: QUICK_MS },
  ];
}

function rootDrive(path: string): ApiCall {
  return put('/drives/rootfs', {
    drive_id: 'rootfs',
    path_on_host: path,
    is_root_device: true,
    is_read_only: true,
  });
}

function put(path: string, body: Readonly<Record<string, unknown>>): ApiCall {
  return { method: 'PUT', path, body, timeoutMs: QUICK_MS };
}

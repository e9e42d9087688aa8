import { hostArchitecture } from '../../../images/architecture.ts';
import type { Architecture } from '../../../images/architecture.ts';
import { hashOf } from '../../../sys/hash.ts';
import { VM_SOCKETS } from '../../../sys/paths.ts';
import type { VmSpec } from '../driver.ts';
import type { FirecrackerFeatures } from './version.ts';

/** Longest `--id` that Firecracker takes, in characters; it may hold letters, digits and dashes. */
const MAX_ID_LENGTH = 64;

/** Characters of a hash that tell apart ids that were cut. */
const HASH_LENGTH = 16;

/**
 * Firecracker's id of a VM, and the name by which its processes are found. Like every VM's it begins with `tvm-` and the
 * id of the TVM process; what does not fit is replaced by a hash.
 */
export function firecrackerName(vmId: string): string {
  const name = `tvm-${vmId}`;
  if (/^[A-Za-z0-9-]+$/.test(name) && name.length <= MAX_ID_LENGTH) return name;
  const kept = name.replace(/[^A-Za-z0-9-]/g, '-').slice(0, MAX_ID_LENGTH - HASH_LENGTH - 1);
  return `${kept}-${hashOf(vmId).slice(0, HASH_LENGTH)}`;
}

/**
 * Firecracker's arguments but for the id, which is given by what walls it in. It logs to stdout and stderr, beside the
 * guest's console; seccomp is on unless told otherwise.
 */
export function firecrackerArguments(features: Pick<FirecrackerFeatures, 'logLevel'>): string[] {
  return ['--api-sock', VM_SOCKETS.api, ...(features.logLevel ? ['--level', 'Warning'] : [])];
}

/**
 * The guest kernel's command line. `reboot=k` with `panic=-1` on x86-64: a reset by the keyboard controller is what
 * Firecracker ends upon, so a crashed guest ends its process; on arm64 a reset by PSCI does. Firecracker has no PCI unless
 * told to have; `mitigations=off` as under QEMU: the only secret in the guest is the program's own.
 */
export function kernelCommandLine(
  spec: Pick<VmSpec, 'rootfs'>,
  { firecracker }: Pick<Architecture, 'firecracker'> = hostArchitecture(),
): string {
  return [
    ...firecracker.kernelWords,
    'quiet loglevel=1 panic=-1 mitigations=off random.trust_cpu=on',
    'tvm.channel=vsock',
    ...(spec.rootfs === undefined ? [] : ['tvm.root=vda']),
  ].join(' ');
}

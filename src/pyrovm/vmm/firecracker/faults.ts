import { TvmError } from '../../../errors.ts';
import type { TvmErrorOptions } from '../../../errors.ts';

/**
 * What some of Firecracker's complaints mean for whoever runs this host. The wordings are those of 1.1 and 1.15; one that
 * is not known here is `vm_failed`.
 */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [
    /creating (the )?KVM object/i,
    'Firecracker may not use /dev/kvm: run TVM as root, or add its user to the group of /dev/kvm',
  ],
  [
    /missing KVM capabilit|KVM API version/i,
    'the KVM of this host lacks what Firecracker needs: use a host with hardware virtualisation',
  ],
  [
    /invalid kernel image|Cannot load kernel/i,
    'this Firecracker does not boot the guest kernel, which must be uncompressed: run tvm kernel build',
  ],
];

/** An error for a complaint of Firecracker. The complaint itself goes into the context, for the log alone. */
export function faultError(message: string, complaint: string, options: TvmErrorOptions): TvmError {
  const meaning = MEANINGS.find(([pattern]) => pattern.test(complaint))?.[1];
  return meaning === undefined
    ? new TvmError('vm_failed', message, options)
    : new TvmError('host_unready', meaning, options);
}

/** Exit codes of Firecracker with a meaning of their own (its FcExitCode). */
const EXITS: Readonly<Record<number, string>> = {
  0: 'the guest reset its machine',
  148: 'a system call that its filter forbids',
  149: 'a file that it had mapped became shorter',
  150: 'a memory fault',
  151: 'a file beyond its size limit',
  152: 'a bad configuration',
  153: 'bad arguments',
};

/** How a Firecracker process ended, for the log. */
export function exitReason(exit: { readonly code: number | null; readonly signal: string | null }): string {
  if (exit.signal !== null) return `firecracker ended by ${exit.signal}`;
  const meaning = EXITS[exit.code ?? -1];
  return `firecracker ended with code ${exit.code}${meaning === undefined ? '' : ` (${meaning})`}`;
}

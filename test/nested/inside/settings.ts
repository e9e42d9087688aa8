/** What differs from the defaults: KVM is emulated here, and so is a probe guest. */
export const NESTED = { kvm_probe_timeout_ms: 60_000 } as const;

/** Where the machine has the Firecracker that it was given. */
export const FIRECRACKER = '/opt/firecracker';

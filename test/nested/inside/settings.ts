/** What differs from the defaults: KVM is emulated here, and so is a probe guest. */
export const NESTED = { kvm_probe_timeout_ms: 120_000, boot_timeout_ms: 180_000 } as const;

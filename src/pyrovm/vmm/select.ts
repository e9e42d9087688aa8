import { getuid } from 'node:process';
import type { Settings } from '../../config/schema.ts';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import { hashOf } from '../../sys/hash.ts';
import type { Paths } from '../../sys/paths.ts';
import { identityOf } from '../../sys/process-identity.ts';
import type { Instance } from '../instance.ts';
import { vmId } from '../instance.ts';
import type { BootArtefacts, VmmDriver } from './driver.ts';
import { FirecrackerDriver } from './firecracker/driver.ts';
import { findFirecracker } from './firecracker/version.ts';
import type { FirecrackerInstall } from './firecracker/version.ts';
import type { JailKind } from './jail.ts';
import { kvmAccess } from './kvm.ts';
import { probeDriver } from './probe.ts';
import type { ProbeResult } from './probe.ts';
import { readProbeRecord, writeProbeRecord } from './probe-record.ts';
import { QemuDriver } from './qemu/driver.ts';
import type { QemuInstall } from './qemu/install.ts';
import { qemuVersion } from './qemu/version.ts';
import { selectJail } from './select-jail.ts';

const NO_KVM = 'this host has no /dev/kvm';

/** A monitor and how it runs its guests; `kvm` and `tcg` are QEMU's. The best first. */
const CANDIDATES = ['firecracker', 'kvm', 'tcg'] as const;
type Candidate = (typeof CANDIDATES)[number];

export interface SelectOptions {
  readonly settings: Pick<
    Settings,
    'vmm' | 'accelerator' | 'jail' | 'boot_timeout_ms' | 'kvm_probe_timeout_ms' | 'firecracker_bin'
  >;
  readonly paths: Paths;
  readonly instance: Instance;
  readonly boot: BootArtefacts;
  readonly install: QemuInstall;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  /** Boot probe guests even if this host's boot has seen them. */
  readonly fresh?: boolean;
}

/** What this host can do; `driver` is the best that works, if any does. */
export interface Selection {
  readonly driver: VmmDriver | undefined;
  /** Absent: QEMU is not wanted. */
  readonly qemuVersion: string | undefined;
  /** Absent: there is none, or it is not wanted, or cannot be used, which its probe says then. */
  readonly firecracker: FirecrackerInstall | undefined;
  readonly jail: JailKind;
  /** Why bubblewrap is not the jail, if it is not. */
  readonly jailReason: string | undefined;
  readonly probes: Readonly<Partial<Record<Candidate, ProbeResult>>>;
}

/**
 * Chooses jail, monitor and accelerator by proof: a probe guest must boot. The outcome is kept until the host boots again
 * or a monitor, kernel, agent or jail change.
 * @throws TvmError `host_unready` without a usable QEMU, if it is wanted, or jail
 */
export async function selectDriver(options: SelectOptions): Promise<Selection> {
  const { settings, boot, logger, signal, instance, install } = options;
  const root = getuid?.() === 0;
  const version = settings.vmm === 'firecracker' ? undefined : await qemuVersion(install, signal);
  const { jail, reason: jailReason } = await selectJail(settings.jail, install, root, signal);
  const kvm = settings.accelerator === 'tcg' ? undefined : await kvmAccess(instance.folder, root);
  const firecracker = await lookForFirecracker(settings, signal);
  const wanted = CANDIDATES.filter((candidate) => isWanted(candidate, settings, firecracker));

  const driverFor = (candidate: Candidate): VmmDriver | string => {
    if (candidate !== 'firecracker') {
      if (candidate === 'kvm' && !kvm) return NO_KVM;
      return new QemuDriver({ install, version: version ?? '', accelerator: candidate, jail, kvm, logger });
    }
    if ('reason' in firecracker) return firecracker.reason;
    if (!kvm) return NO_KVM;
    const systemTree = install.kind === 'tree' ? install.root : undefined;
    const { folder } = instance;
    return new FirecrackerDriver({ install: firecracker, jail, systemTree, kvm, folder, logger });
  };
  const probe = async (candidate: Candidate): Promise<ProbeResult> => {
    const driver = driverFor(candidate);
    if (typeof driver === 'string') return { works: false, reason: driver };
    const { name, accelerator } = driver.info;
    options.progress(`booting a probe guest (${name}, ${accelerator})`);
    // A hanging guest keeps a CPU busy until then; hardware boots one in under a second.
    const timeoutMs = accelerator === 'kvm' ? settings.kvm_probe_timeout_ms : settings.boot_timeout_ms;
    return probeDriver(driver, boot, { id: vmId(instance, `probe-${candidate}`), timeoutMs, signal });
  };

  const key = hashOf(
    identityOf(process.pid)?.bootId ?? '',
    JSON.stringify([install, firecracker]),
    version ?? '',
    boot.kernel,
    boot.initrd,
    jail,
    root ? 'root' : 'user',
    kvm ? 'kvm' : '',
  );
  const known = options.fresh ? {} : await readProbeRecord(options.paths.probeFile, key);
  const probes = Object.fromEntries(
    await Promise.all(
      wanted.map(async (candidate) => [candidate, known[candidate] ?? (await probe(candidate))]),
    ),
  ) as Selection['probes'];
  const best = wanted.find((candidate) => probes[candidate]?.works);
  // Where nothing works, the next start shall look again.
  if (best) await writeProbeRecord(options.paths.probeFile, key, { ...known, ...probes });
  const found = 'reason' in firecracker ? undefined : firecracker;
  logger.info(
    { qemu: version, firecracker: found?.version, jail, jail_reason: jailReason, probes, chosen: best },
    'probed the host',
  );
  const driver = best && driverFor(best);
  return {
    driver: typeof driver === 'string' ? undefined : driver,
    qemuVersion: version,
    firecracker: found,
    jail,
    jailReason,
    probes,
  };
}

/** Firecracker, or why there is none that can be used; it is no fault of the host unless Firecracker is asked for. */
type FoundFirecracker = FirecrackerInstall | { readonly reason: string; readonly missing: boolean };

async function lookForFirecracker(
  settings: SelectOptions['settings'],
  signal: AbortSignal,
): Promise<FoundFirecracker> {
  if (settings.accelerator === 'tcg')
    return { reason: 'Firecracker needs KVM, not emulation', missing: true };
  if (settings.vmm === 'qemu') return { reason: 'switched off by the setting vmm', missing: true };
  try {
    const install = await findFirecracker(settings.firecracker_bin, signal);
    return install ?? { reason: 'no firecracker in PATH; set TVM_FIRECRACKER_BIN', missing: true };
  } catch (error) {
    signal.throwIfAborted();
    return { reason: messageOf(error), missing: false };
  }
}

function isWanted(
  candidate: Candidate,
  { vmm, accelerator }: SelectOptions['settings'],
  firecracker: FoundFirecracker,
): boolean {
  if (candidate === 'firecracker') {
    const missing = 'missing' in firecracker && firecracker.missing;
    return vmm === 'firecracker' || (vmm === 'auto' && accelerator !== 'tcg' && !missing);
  }
  return vmm !== 'firecracker' && (accelerator === 'auto' || accelerator === candidate);
}

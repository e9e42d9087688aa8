import { getuid } from 'node:process';
import type { Settings } from '../../config/schema.ts';
import type { Logger } from '../../observability/log.ts';
import { hashOf } from '../../sys/hash.ts';
import type { Paths } from '../../sys/paths.ts';
import { identityOf } from '../../sys/process-identity.ts';
import type { Instance } from '../instance.ts';
import { vmId } from '../instance.ts';
import type { BootArtefacts, VmmDriver } from './driver.ts';
import { findFirecrackerCandidate } from './firecracker/candidate.ts';
import type { FirecrackerCandidate, NoFirecracker } from './firecracker/candidate.ts';
import { FirecrackerDriver } from './firecracker/driver.ts';
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
    | 'vmm'
    | 'accelerator'
    | 'jail'
    | 'boot_timeout_ms'
    | 'kvm_probe_timeout_ms'
    | 'firecracker_bin'
    | 'jailer_bin'
    | 'jailer_uids'
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
  readonly firecracker: FirecrackerCandidate | undefined;
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
  const systemTree = install.kind === 'tree' ? install.root : undefined;
  const { uidLeasesDir, firecrackerDir } = options.paths;
  const found = await findFirecrackerCandidate({
    ...{ settings, instance, uidLeasesDir, firecrackerDir, jail, systemTree, kvm, root, signal },
  });
  const firecracker = 'install' in found ? found : undefined;
  const wanted = CANDIDATES.filter((candidate) => isWanted(candidate, settings, found));

  const driverFor = (candidate: Candidate): VmmDriver | string => {
    if (candidate !== 'firecracker') {
      if (candidate === 'kvm' && !kvm) return NO_KVM;
      return new QemuDriver({ install, version: version ?? '', accelerator: candidate, jail, kvm, logger });
    }
    if (!('install' in found)) return found.reason;
    return new FirecrackerDriver({ install: found.install, wall: found.wall, logger });
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
    JSON.stringify([install, firecracker?.install, firecracker?.wall.name]),
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
  logger.info(
    {
      ...{ qemu: version, firecracker: firecracker?.install.version, probes, chosen: best },
      ...{ jail, jail_reason: jailReason, jailer_reason: firecracker?.jailerReason },
    },
    'probed the host',
  );
  const driver = best && driverFor(best);
  return {
    driver: typeof driver === 'string' ? undefined : driver,
    qemuVersion: version,
    firecracker,
    jail,
    jailReason,
    probes,
  };
}

function isWanted(
  candidate: Candidate,
  { vmm, accelerator }: SelectOptions['settings'],
  firecracker: FirecrackerCandidate | NoFirecracker,
): boolean {
  if (candidate === 'firecracker') {
    const missing = 'missing' in firecracker && firecracker.missing;
    return vmm === 'firecracker' || (vmm === 'auto' && accelerator !== 'tcg' && !missing);
  }
  return vmm !== 'firecracker' && (accelerator === 'auto' || accelerator === candidate);
}

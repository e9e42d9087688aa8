import { getuid } from 'node:process';
import type { Settings } from '../../config/schema.ts';
import { messageOf, TvmError } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import { hashOf } from '../../sys/hash.ts';
import type { Paths } from '../../sys/paths.ts';
import { identityOf } from '../../sys/process-identity.ts';
import { runTool } from '../../sys/process.ts';
import type { Instance } from '../instance.ts';
import { vmId } from '../instance.ts';
import type { BootArtefacts, VmmDriver } from './driver.ts';
import { GATE_GO, makeJail } from './jail.ts';
import type { JailKind } from './jail.ts';
import { kvmAccess } from './kvm.ts';
import { probeDriver } from './probe.ts';
import type { ProbeResult } from './probe.ts';
import { readProbeRecord, writeProbeRecord } from './probe-record.ts';
import { QemuDriver } from './qemu/driver.ts';
import type { QemuInstall } from './qemu/install.ts';
import { qemuVersion } from './qemu/version.ts';

/** A hanging guest keeps a CPU busy until then; hardware boots one in under a second. In ms. */
const KVM_PROBE_TIMEOUT_MS = 5000;

export type Accelerator = 'kvm' | 'tcg';

export interface SelectOptions {
  readonly settings: Pick<Settings, 'accelerator' | 'jail' | 'boot_timeout_ms'>;
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
  readonly qemuVersion: string;
  readonly jail: JailKind;
  /** Why bubblewrap is not the jail, if it is not. */
  readonly jailReason: string | undefined;
  readonly probes: Readonly<Partial<Record<Accelerator, ProbeResult>>>;
}

/**
 * Chooses jail and accelerator by proof: a probe guest must boot. The outcome is kept until the host boots again or
 * QEMU, kernel, agent or jail change.
 * @throws TvmError `host_unready` without a usable QEMU or jail
 */
export async function selectDriver(options: SelectOptions): Promise<Selection> {
  const { settings, boot, logger, signal, instance } = options;
  const root = getuid?.() === 0;
  const { install } = options;
  const version = await qemuVersion(install, signal);
  const { jail, reason: jailReason } = await selectJail(settings.jail, install, root, signal);
  const kvm = settings.accelerator === 'tcg' ? undefined : await kvmAccess(instance.folder, root);
  const wanted: Accelerator[] = settings.accelerator === 'auto' ? ['kvm', 'tcg'] : [settings.accelerator];

  const driverFor = (accelerator: Accelerator): VmmDriver =>
    new QemuDriver({ install, version, accelerator, jail, kvm, logger });
  const probe = async (accelerator: Accelerator): Promise<ProbeResult> => {
    if (accelerator === 'kvm' && !kvm) return { works: false, reason: 'this host has no /dev/kvm' };
    options.progress(`booting a probe guest (qemu, ${accelerator})`);
    const timeoutMs = accelerator === 'kvm' ? KVM_PROBE_TIMEOUT_MS : settings.boot_timeout_ms;
    return probeDriver(driverFor(accelerator), boot, {
      id: vmId(instance, `probe-${accelerator}`),
      timeoutMs,
      signal,
    });
  };

  const key = hashOf(
    identityOf(process.pid)?.bootId ?? '',
    JSON.stringify(install),
    version,
    boot.kernel,
    boot.initrd,
    jail,
    root ? 'root' : 'user',
    kvm ? 'kvm' : '',
  );
  const known = options.fresh ? {} : await readProbeRecord(options.paths.probeFile, key);
  const probes = Object.fromEntries(
    await Promise.all(
      wanted.map(async (accelerator) => [accelerator, known[accelerator] ?? (await probe(accelerator))]),
    ),
  ) as Selection['probes'];
  const best = wanted.find((accelerator) => probes[accelerator]?.works);
  // Where nothing works, the next start shall look again.
  if (best) await writeProbeRecord(options.paths.probeFile, key, { ...known, ...probes });
  logger.info({ qemu: version, jail, jail_reason: jailReason, probes, chosen: best }, 'probed the host');
  return {
    driver: best && driverFor(best),
    qemuVersion: version,
    jail,
    jailReason,
    probes,
  };
}

async function selectJail(
  wanted: Settings['jail'],
  install: QemuInstall,
  root: boolean,
  signal: AbortSignal,
): Promise<{ jail: JailKind; reason: string | undefined }> {
  const works = async (kind: JailKind): Promise<string | undefined> => {
    const systemTree = install.kind === 'tree' ? install.root : undefined;
    // A program that is in every system tree, for dropping privileges needs it.
    const words = makeJail(kind, { systemTree, files: {}, root }).wrap(['setpriv', '--version']);
    const [command = '', ...rest] = words;
    try {
      await runTool([command, ...rest], { signal, timeoutMs: 10_000, input: GATE_GO });
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return messageOf(error);
    }
  };
  const bubblewrap = wanted === 'setpriv' ? 'switched off by the setting jail' : await works('bubblewrap');
  if (bubblewrap === undefined) return { jail: 'bubblewrap', reason: undefined };
  const setpriv = wanted === 'bubblewrap' ? 'switched off by the setting jail' : await works('setpriv');
  if (setpriv === undefined) return { jail: 'setpriv', reason: bubblewrap };
  throw new TvmError(
    'host_unready',
    `no jail for VM processes works here: bubblewrap: ${bubblewrap}; setpriv: ${setpriv}`,
  );
}

import type { Settings } from '../../../config/schema.ts';
import { messageOf } from '../../../errors.ts';
import { findArchitecture } from '../../../images/architecture.ts';
import type { Instance } from '../../instance.ts';
import type { JailKind } from '../jail.ts';
import type { KvmAccess } from '../kvm.ts';
import { selectJailer } from './jailer/select.ts';
import { pinnedRelease } from './release.ts';
import { SharedWall } from './shared-wall.ts';
import { findFirecracker, findOwnFirecracker } from './version.ts';
import type { FirecrackerInstall } from './version.ts';
import type { Wall } from './wall.ts';

const HOW_TO_GET = 'run tvm doctor --fix, or set TVM_FIRECRACKER_BIN';

export interface CandidateOptions {
  readonly settings: Pick<
    Settings,
    'vmm' | 'accelerator' | 'jail' | 'firecracker_bin' | 'jailer_bin' | 'jailer_uids'
  >;
  readonly instance: Instance;
  readonly uidLeasesDir: string;
  /** Where {@link obtainFirecracker} puts releases. */
  readonly firecrackerDir: string;
  /** The jail where the jailer does not work. */
  readonly jail: JailKind;
  readonly systemTree: string | undefined;
  /** Absent: this host has none, or it is not wanted. */
  readonly kvm: KvmAccess | undefined;
  readonly root: boolean;
  readonly signal: AbortSignal;
}

/** A Firecracker that can be tried. */
export interface FirecrackerCandidate {
  readonly install: FirecrackerInstall;
  readonly wall: Wall;
  /** Why the jailer is not the wall, if it is not. */
  readonly jailerReason: string | undefined;
  /** Whether there is a jailer that should work. */
  readonly jailerBroken: boolean;
}

/** Why there is none. `missing` is no fault of the host unless Firecracker is asked for. */
export interface NoFirecracker {
  readonly reason: string;
  readonly missing: boolean;
}

/** Looks for Firecracker and for what walls it in. @throws only the signal's reason, on abort */
export async function findFirecrackerCandidate(
  options: CandidateOptions,
): Promise<FirecrackerCandidate | NoFirecracker> {
  const { settings, kvm, signal } = options;
  if (settings.accelerator === 'tcg')
    return { reason: 'Firecracker needs KVM, not emulation', missing: true };
  if (settings.vmm === 'qemu') return { reason: 'switched off by the setting vmm', missing: true };
  try {
    const install = await installedFirecracker(options);
    if (!install) return { reason: `no firecracker in PATH; ${HOW_TO_GET}`, missing: true };
    if (!kvm) return { reason: 'this host has no /dev/kvm', missing: false };
    return { install, ...(await selectWall(options, install, kvm)) };
  } catch (error) {
    signal.throwIfAborted();
    return { reason: messageOf(error), missing: false };
  }
}

/**
 * The Firecracker that `settings` ask for; with `auto` TVM's own, whose checksum was compared, before one in PATH.
 * @returns undefined where there is none
 * @throws TvmError `host_unready` for one that cannot be used
 */
export async function installedFirecracker({
  settings,
  firecrackerDir,
  signal,
}: Pick<CandidateOptions, 'firecrackerDir' | 'signal'> & {
  readonly settings: Pick<Settings, 'firecracker_bin'>;
}): Promise<FirecrackerInstall | undefined> {
  const architecture = settings.firecracker_bin === 'auto' ? findArchitecture() : undefined;
  const own = architecture && (await findOwnFirecracker(firecrackerDir, pinnedRelease(architecture)));
  return own ?? (await findFirecracker(settings.firecracker_bin, signal));
}

async function selectWall(
  options: CandidateOptions,
  install: FirecrackerInstall,
  kvm: KvmAccess,
): Promise<Omit<FirecrackerCandidate, 'install'>> {
  const jailer = await selectJailer({ ...options, install });
  if ('wall' in jailer) return { wall: jailer.wall, jailerReason: undefined, jailerBroken: false };
  const { jail, systemTree, root, instance } = options;
  const { folder } = instance;
  return {
    wall: new SharedWall({ jail, program: install.binary, systemTree, kvm, folder, root }),
    jailerReason: jailer.reason,
    jailerBroken: jailer.broken,
  };
}

import type { Settings } from '../../../config/schema.ts';
import { messageOf } from '../../../errors.ts';
import { findArchitecture } from '../../../images/architecture.ts';
import { installedFirecracker } from './candidate.ts';
import { obtainFirecracker } from './obtain.ts';
import { pinnedRelease } from './release.ts';
import type { FirecrackerRelease } from './release.ts';

export interface RepairOptions {
  readonly settings: Pick<Settings, 'vmm' | 'accelerator' | 'firecracker_bin'>;
  readonly firecrackerDir: string;
  /** Whether the host has a KVM device. */
  readonly kvm: boolean;
  /** By default the one that is pinned for this processor. */
  readonly release?: FirecrackerRelease | undefined;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/**
 * Gets Firecracker where it would be used and is not there.
 * @returns one line: what is there now, or why nothing was got
 * @throws TvmError `host_unready` when it cannot be got; the signal's reason on abort
 */
export async function repairFirecracker(options: RepairOptions): Promise<string> {
  const { settings, firecrackerDir, kvm, signal, progress } = options;
  const architecture = findArchitecture();
  const release = options.release ?? (architecture && pinnedRelease(architecture));
  if (!release) return notGot(`TVM knows no release for the processor ${process.arch}`);
  if (settings.vmm === 'qemu') return notGot('it is switched off by the setting vmm');
  if (settings.accelerator === 'tcg') return notGot('it needs KVM, and the setting accelerator is tcg');
  if (!kvm) return notGot('it needs KVM, and this host has no /dev/kvm');
  if (settings.firecracker_bin !== 'auto') return notGot('the setting firecracker_bin names one');
  const found = await installedFirecracker({ settings, firecrackerDir, signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    progress(`firecracker: the one in PATH is of no use: ${messageOf(error)}`);
    return undefined;
  });
  if (found) return `Firecracker ${found.version} is there: ${found.binary}`;
  const { version, binary } = await obtainFirecracker(firecrackerDir, release, { signal, progress });
  return `Firecracker ${version} was got: ${binary}`;
}

function notGot(reason: string): string {
  return `Firecracker is not fetched: ${reason}`;
}

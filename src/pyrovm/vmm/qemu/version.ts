import { TvmError } from '../../../errors.ts';
import { runTool } from '../../../sys/process.ts';
import { qemuCommand } from './install.ts';
import type { QemuInstall } from './install.ts';

/** Oldest QEMU that TVM is tested with. */
const MINIMUM = '7.2';

/** First QEMU that opens a memory file for reading alone when its mapping is private. */
const READ_ONLY_MEMORY = '8.2';

/**
 * Asks a QEMU program for its version, such as `10.0.3`.
 * @throws TvmError `host_unready` when it is missing, is no QEMU, or is too old
 */
export async function qemuVersion(install: QemuInstall, signal: AbortSignal): Promise<string> {
  const [program = '', ...words] = qemuCommand(install, 'none');
  const printed = await runTool([program, ...words, '--version'], { signal, timeoutMs: 10_000 });
  const version = /version (\d+\.\d+(?:\.\d+)*)/.exec(printed)?.[1];
  if (!version) throw new TvmError('host_unready', `${program} --version prints no version`);
  if (!isAtLeast(version, MINIMUM)) {
    throw new TvmError('host_unready', `QEMU ${version} is too old; TVM needs ${MINIMUM} or newer`);
  }
  return version;
}

/** Whether this QEMU can clone a machine whose memory it cannot write to. */
export function mapsMemoryReadOnly(version: string): boolean {
  return isAtLeast(version, READ_ONLY_MEMORY);
}

function isAtLeast(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

import { TvmError } from '../../../errors.ts';
import { runTool } from '../../../sys/process.ts';

/** Oldest QEMU that TVM is tested with. */
const MINIMUM = [7, 2] as const;

/**
 * Asks a QEMU program for its version, such as `7.2.22`.
 * @throws TvmError `host_unready` when it is missing, is no QEMU, or is too old
 */
export async function qemuVersion(binary: string, signal: AbortSignal): Promise<string> {
  const printed = await runTool([binary, '--version'], { signal, timeoutMs: 10_000 });
  const match = /version (\d+)\.(\d+)(?:\.\d+)*/.exec(printed);
  if (!match) throw new TvmError('host_unready', `${binary} --version prints no version`);
  const version = match[0].slice('version '.length);
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
    throw new TvmError('host_unready', `QEMU ${version} is too old; TVM needs ${MINIMUM.join('.')} or newer`);
  }
  return version;
}

import { messageOf, TvmError } from '../../../../errors.ts';
import { findProgram, runTool } from '../../../../sys/process.ts';
import type { FirecrackerInstall } from '../version.ts';

const VERSION_TIMEOUT_MS = 10_000;

/**
 * Finds the jailer that the setting `jailer_bin` names; with `auto` the one that came with this Firecracker, else one in
 * PATH. It must be of the same version as Firecracker.
 * @returns its absolute path
 * @throws TvmError `host_unready` when it is missing, cannot be executed, or is no jailer of that version
 */
export async function findJailer(
  setting: string,
  firecracker: FirecrackerInstall,
  signal: AbortSignal,
): Promise<string> {
  const jailer = await findProgram(jailerProgram(setting, firecracker));
  if (jailer === undefined) {
    throw unready(
      setting === 'auto'
        ? 'no jailer in PATH; set TVM_JAILER_BIN'
        : `${setting} does not exist or is not executable; set TVM_JAILER_BIN to the jailer of Firecracker ${firecracker.version}`,
    );
  }
  let printed: string;
  try {
    printed = await runTool([jailer, '--version'], { signal, timeoutMs: VERSION_TIMEOUT_MS });
  } catch (cause) {
    signal.throwIfAborted();
    throw unready(`${jailer} --version fails: ${messageOf(cause)}`, cause);
  }
  const version = /^Jailer v(\d+\.\d+\.\d+)/m.exec(printed)?.[1];
  if (version === undefined) throw unready(`${jailer} is no jailer: --version prints no version`);
  if (version !== firecracker.version) {
    throw unready(
      `the jailer is ${version}, Firecracker ${firecracker.version}: install both of one release, or set TVM_JAILER_BIN`,
    );
  }
  return jailer;
}

/** What {@link findProgram} takes. */
export function jailerProgram(setting: string, { jailer }: Pick<FirecrackerInstall, 'jailer'>): string {
  return setting === 'auto' ? (jailer ?? 'jailer') : setting;
}

function unready(message: string, cause?: unknown): TvmError {
  return new TvmError('host_unready', message, { cause });
}

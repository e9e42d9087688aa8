import { errnoOf, messageOf, TvmError } from '../../../errors.ts';
import { firecrackerFiles } from '../../../sys/paths.ts';
import { findProgram, runTool } from '../../../sys/process.ts';
import type { FirecrackerRelease } from './release.ts';

/** First Firecracker whose `PUT /snapshot/load` has `mem_backend`; older ones are not spoken. */
const MINIMUM: Version = [1, 1, 0];

/** First Firecracker with an entropy device. */
const ENTROPY: Version = [1, 4, 0];

/** First Firecracker that takes `--level` without `--log-path`; it is also the first that logs more than warnings by default. */
const LOG_LEVEL: Version = [1, 5, 0];

/** Its clones' channels can stay silent for ever: Firecracker's issue 5958, mended in 1.16.1. */
const BROKEN_CLONES: Version = [1, 16, 0];

const VERSION_TIMEOUT_MS = 10_000;

type Version = readonly [number, number, number];

/** A Firecracker program that TVM can speak to. */
export interface FirecrackerInstall {
  /** Absolute path. */
  readonly binary: string;
  /** Such as `1.15.1`. */
  readonly version: string;
  /** The jailer that came with it; absent: it is looked for. */
  readonly jailer?: string;
}

/** What a version of Firecracker has or lacks. */
export interface FirecrackerFeatures {
  readonly entropyDevice: boolean;
  readonly logLevel: boolean;
  readonly clones: boolean;
}

/** Finds the release that {@link obtainFirecracker} put into `firecrackerDir`. @returns undefined where it is not there */
export async function findOwnFirecracker(
  firecrackerDir: string,
  { name, version }: Pick<FirecrackerRelease, 'name' | 'version'>,
): Promise<FirecrackerInstall | undefined> {
  const { firecracker, jailer } = firecrackerFiles(firecrackerDir, name);
  const found = await Promise.all([findProgram(firecracker), findProgram(jailer)]);
  return found.includes(undefined) ? undefined : { binary: firecracker, version, jailer };
}

/**
 * Finds the Firecracker that the setting `firecracker_bin` names and asks for its version.
 * @returns undefined where the setting is `auto` and there is none in PATH
 * @throws TvmError `host_unready` when it is missing, cannot be executed, is no Firecracker, or is too old
 */
export async function findFirecracker(
  setting: string,
  signal: AbortSignal,
): Promise<FirecrackerInstall | undefined> {
  const binary = await findProgram(setting === 'auto' ? 'firecracker' : setting);
  if (binary !== undefined) return { binary, version: await firecrackerVersion(binary, signal) };
  if (setting === 'auto') return undefined;
  throw unready(`${setting} does not exist or is not executable; set TVM_FIRECRACKER_BIN to a Firecracker`);
}

/** What a version can do. */
export function featuresOf(version: string): FirecrackerFeatures {
  const parsed = parse(version);
  return {
    entropyDevice: compare(parsed, ENTROPY) >= 0,
    logLevel: compare(parsed, LOG_LEVEL) >= 0,
    clones: compare(parsed, BROKEN_CLONES) !== 0,
  };
}

async function firecrackerVersion(binary: string, signal: AbortSignal): Promise<string> {
  let printed: string;
  try {
    printed = await runTool([binary, '--version'], { signal, timeoutMs: VERSION_TIMEOUT_MS });
  } catch (cause) {
    signal.throwIfAborted();
    const hint = errnoOf(cause) === undefined ? '' : '; is it built for this processor?';
    throw unready(`${binary} --version fails: ${messageOf(cause)}${hint}`, cause);
  }
  const version = /^Firecracker v(\d+\.\d+\.\d+)/m.exec(printed)?.[1];
  if (version === undefined) throw unready(`${binary} is no Firecracker: --version prints no version`);
  if (compare(parse(version), MINIMUM) < 0) {
    throw unready(`Firecracker ${version} is too old; TVM needs ${MINIMUM.join('.')} or newer`);
  }
  return version;
}

function unready(message: string, cause?: unknown): TvmError {
  return new TvmError('host_unready', message, { cause });
}

function parse(version: string): Version {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return [major, minor, patch];
}

function compare(a: Version, b: Version): number {
  const i = a.findIndex((part, index) => part !== b[index]);
  return i < 0 ? 0 : (a[i] ?? 0) - (b[i] ?? 0);
}

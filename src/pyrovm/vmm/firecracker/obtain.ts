import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, messageOf, TvmError } from '../../../errors.ts';
import { hashOfFile } from '../../../sys/hash.ts';
import { firecrackerFiles } from '../../../sys/paths.ts';
import { runTool } from '../../../sys/process.ts';
import { makeStagingFolder, STAGING_PREFIX, sweepStagingFolders } from '../../../sys/staging.ts';
import { download } from './download.ts';
import type { DownloadOptions } from './download.ts';
import type { FirecrackerRelease } from './release.ts';
import { findFirecracker } from './version.ts';
import type { FirecrackerInstall } from './version.ts';

/** An archive has 8 MB. Limits of the download: whatever the server says, it ends. */
const LIMITS = { maxBytes: 64 * 1024 * 1024, timeoutMs: 600_000, stallMs: 30_000 } as const;

/** What to do where there is no network. */
const BY_HAND =
  'To do it by hand: unpack that archive and set TVM_FIRECRACKER_BIN and TVM_JAILER_BIN to its programs (docs/firecracker.md)';

export interface ObtainOptions {
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  readonly limits?: Omit<DownloadOptions, 'signal'>;
}

/**
 * Gets a release of Firecracker, compares it with its checksum and puts both programs into `firecrackerDir`, whole or not
 * at all; releases that were there before are removed, which no process that runs notices.
 * @throws TvmError `host_unready`, one line that says from where and how to do it by hand; the signal's reason on abort
 */
export async function obtainFirecracker(
  firecrackerDir: string,
  release: FirecrackerRelease,
  options: ObtainOptions,
): Promise<FirecrackerInstall> {
  const { signal, progress, limits = LIMITS } = options;
  const { version, name, url } = release;
  signal.throwIfAborted();
  await sweepStagingFolders(firecrackerDir);
  await using staging = await makeStagingFolder(firecrackerDir);
  const built = firecrackerFiles(staging.path, 'release');
  const files = firecrackerFiles(firecrackerDir, name);
  try {
    const archive = join(staging.path, 'archive');
    progress(`firecracker: getting ${url}`);
    await download(url, archive, { signal, ...limits });
    const sha256 = await hashOfFile(archive);
    if (sha256 !== release.sha256) throw new Error(`its SHA-256 is ${sha256}, not ${release.sha256}`);
    await unpack(archive, release, built, signal);
    // Renaming puts nothing in the place of a folder with files in it.
    await rm(files.folder, { recursive: true, force: true });
    await rename(built.folder, files.folder).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
    });
  } catch (cause) {
    signal.throwIfAborted();
    const reason = messageOf(cause)
      .trim()
      .replaceAll(/\s*\n\s*/g, '; ');
    const message = `cannot get Firecracker ${version} from ${url}: ${reason}. ${BY_HAND}`;
    // The line says it all.
    throw new TvmError('host_unready', message, { cause, context: { remedy: '' } });
  }
  await removeOthers(firecrackerDir, name);
  progress(`firecracker: ${version} ready`);
  return { binary: files.firecracker, version, jailer: files.jailer };
}

/** Takes both programs out of the archive, and nothing else. @throws Error when one is missing, or does not run here */
async function unpack(
  archive: string,
  { members, version }: FirecrackerRelease,
  built: ReturnType<typeof firecrackerFiles>,
  signal: AbortSignal,
): Promise<void> {
  const unpacked = `${archive}.unpacked`;
  await mkdir(unpacked);
  const wanted = Object.values(members);
  const target = ['--no-same-owner', `--file=${archive}`, `--directory=${unpacked}`];
  await runTool(['tar', '--extract', '--gzip', ...target, ...wanted], { signal });
  await mkdir(built.folder);
  // The VM process runs them as another user.
  await chmod(built.folder, 0o755);
  for (const program of ['firecracker', 'jailer'] as const) {
    const file = join(unpacked, members[program]);
    if (!(await lstat(file)).isFile()) throw new Error(`${members[program]} in it is no file`);
    await chmod(file, 0o755);
    await rename(file, built[program]);
  }
  const found = await findFirecracker(built.firecracker, signal);
  if (found?.version !== version) throw new Error(`the program in it is Firecracker ${found?.version}`);
}

async function removeOthers(firecrackerDir: string, kept: string): Promise<void> {
  for (const name of await readdir(firecrackerDir)) {
    if (name === kept || name.startsWith(STAGING_PREFIX)) continue;
    await rm(join(firecrackerDir, name), { recursive: true, force: true });
  }
}

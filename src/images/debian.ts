import { mkdir } from 'node:fs/promises';
import { messageOf, TvmError } from '../errors.ts';
import type { DebianSuite } from '../runtimes/schema.ts';
import { runTool } from '../sys/process.ts';
import type { ImageSources } from './build-options.ts';
import { hostArchitecture } from './architecture.ts';
import { orUnreachable } from './unreachable.ts';

/** Time for mmdebstrap to clean up when it is stopped, in ms. */
const GRACE_MS = 10_000;

/** Documentation and translations: nothing that runs in a microVM reads them. */
const EXCLUDED_PATHS = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/lintian/*',
];

const BACKPORTS = '-backports';

/** mmdebstrap runs its filter, a Python program, once for each package: the system's Python, not a user's slow wrapper. */
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

export interface DebianTree {
  readonly suite: DebianSuite;
  readonly packages: readonly string[];
  /** `essential` is a base system that runs; `extract` only unpacks the packages. */
  readonly variant: 'essential' | 'extract';
}

/**
 * Unpacks Debian packages with their dependencies into `folder`, with root privileges or without: everything in it
 * belongs to this user, and there are no device nodes.
 * @param options.only tar patterns to unpack; by default everything
 * @throws TvmError `build_failed`, marked as unreachable where the mirror is or lacks the suite
 */
export async function unpackDebian(
  tree: DebianTree,
  folder: string,
  options: {
    readonly signal: AbortSignal;
    readonly only?: readonly string[];
    readonly sources?: ImageSources | undefined;
  },
): Promise<void> {
  const archive = `${folder}.tar`;
  const release = tree.suite.replace(BACKPORTS, '');
  const command: readonly [string, ...string[]] = [
    'mmdebstrap',
    `--architectures=${hostArchitecture().debian}`,
    `--variant=${tree.variant}`,
    '--format=tar',
    ...(tree.packages.length > 0 ? [`--include=${tree.packages.join(',')}`] : []),
    ...EXCLUDED_PATHS.map((path) => `--dpkgopt=path-exclude=${path}`),
    '--aptopt=Acquire::Retries "2"',
    '--aptopt=Acquire::http::Timeout "30"',
    // Packages may put links to their manuals there, and fail without the folder.
    ...(tree.variant === 'essential' ? ['--essential-hook=mkdir -p "$1/usr/share/man/man1"'] : []),
    ...suiteOptions(tree.suite),
    release,
    archive,
    ...mirrorLines(release, options.sources?.debianMirror),
  ];
  // It has mounts and a folder to remove when it is stopped.
  const run = runTool(command, {
    signal: options.signal,
    environment: { PATH: SYSTEM_PATH },
    graceMs: GRACE_MS,
  }).catch((error: unknown) => {
    const [, unknown] = /Unable to locate package (\S+)/.exec(messageOf(error)) ?? [];
    if (unknown === undefined) throw error;
    const message = `Debian ${tree.suite} has no package ${unknown} (it stands in the recipe or after --with)`;
    throw new TvmError('build_failed', message, { cause: error });
  });
  await orUnreachable("Debian's mirror", run);
  await mkdir(folder, { recursive: true });
  await runTool(
    [
      'tar',
      '--extract',
      '--no-same-owner',
      // Else the umask of a user who is not root would show in the image.
      '--preserve-permissions',
      '--exclude=./dev/*',
      ...(options.only ? ['--wildcards'] : []),
      `--file=${archive}`,
      `--directory=${folder}`,
      ...(options.only ?? []),
    ],
    { signal: options.signal },
  );
  await runTool(['rm', '--force', archive], { signal: options.signal });
}

/** What mmdebstrap must be told of a suite that is no release. */
function suiteOptions(suite: DebianSuite): string[] {
  // Debian signs its lists for a week; a mirror that is not quite up to date still serves older ones of `sid`.
  if (suite === 'sid') return ['--aptopt=Acquire::Check-Valid-Until "false"'];
  if (!suite.endsWith(BACKPORTS)) return [];
  const release = suite.slice(0, -BACKPORTS.length);
  // Backports come on top of their release, from the same mirror.
  const addSuite = `sed -i 's/^\\(deb .*\\) ${release} \\(main.*\\)/&\\n\\1 ${suite} \\2/' "$1/etc/apt/sources.list"`;
  return [`--setup-hook=${addSuite}`, `--aptopt=APT::Default-Release "${suite}"`];
}

/** With a mirror of the user's own there are no lines beside its own: it need not carry the security updates. */
function mirrorLines(release: string, mirror: string | undefined): string[] {
  if (mirror === undefined) return [];
  // apt reads a `file:` mirror where it stands, which inside the new tree is not there; with `copy:` it copies.
  return [`deb ${mirror.replace(/(^| )file:/, '$1copy:')} ${release} main`];
}

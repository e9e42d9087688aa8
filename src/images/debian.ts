import { mkdir } from 'node:fs/promises';
import { TvmError } from '../errors.ts';
import { runTool } from '../sys/process.ts';

/** Name of Debian's architecture for this host. @throws TvmError `host_unready` for one that TVM has no kernel for */
export function debianArchitecture(): 'amd64' {
  if (process.arch === 'x64') return 'amd64';
  throw new TvmError(
    'host_unready',
    `processor architecture ${process.arch} is not supported; TVM needs x64`,
  );
}

/** Documentation and translations: nothing that runs in a microVM reads them. */
const EXCLUDED_PATHS = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/lintian/*',
];

export interface DebianTree {
  readonly suite: string;
  readonly packages: readonly string[];
  /** `essential` is a base system that runs; `extract` only unpacks the packages. */
  readonly variant: 'essential' | 'extract';
}

/**
 * Unpacks Debian packages with their dependencies into `folder`, with root privileges or without: everything in it
 * belongs to this user, and there are no device nodes.
 * @param only tar patterns to unpack; by default everything
 */
export async function unpackDebian(
  tree: DebianTree,
  folder: string,
  options: { readonly signal: AbortSignal; readonly only?: readonly string[] },
): Promise<void> {
  const archive = `${folder}.tar`;
  await runTool(
    [
      'mmdebstrap',
      '--quiet',
      `--variant=${tree.variant}`,
      '--format=tar',
      `--include=${tree.packages.join(',')}`,
      ...EXCLUDED_PATHS.map((path) => `--dpkgopt=path-exclude=${path}`),
      tree.suite,
      archive,
    ],
    { signal: options.signal },
  );
  await mkdir(folder, { recursive: true });
  await runTool(
    [
      'tar',
      '--extract',
      '--no-same-owner',
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

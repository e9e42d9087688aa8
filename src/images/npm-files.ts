import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TvmError } from '../errors.ts';
import type { NpmPart } from '../runtimes/schema.ts';
import { runTool } from '../sys/process.ts';
import { makeRoomInTree } from './tree-path.ts';
import { orUnreachable } from './unreachable.ts';

const REGISTRY = 'the npm registry';

/**
 * Copies a file or folder of an npm package into a tree. The package comes through npm, so that its registry settings and
 * proxies hold, and must have the catalogue's checksum. No script of it runs.
 * @param scratch folder for the download, which parts of the same package share
 * @throws TvmError `build_failed`, marked as unreachable where the registry is
 */
export async function placeNpmPart(
  part: NpmPart,
  tree: string,
  scratch: string,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(scratch, `${part.package.replace('/', '+')}-${part.version}`);
  const content = join(folder, 'content');
  const isThere = await access(content).then(
    () => true,
    () => false,
  );
  if (!isThere) await fetchPackage(part, folder, content, scratch, signal);
  const target = await makeRoomInTree(tree, part.to);
  await runTool(
    ['cp', '--recursive', '--no-dereference', '--preserve=mode,links', join(content, part.from), target],
    { signal },
  );
  await makeReadable(target, signal);
}

async function fetchPackage(
  part: NpmPart,
  folder: string,
  content: string,
  scratch: string,
  signal: AbortSignal,
): Promise<void> {
  const name = `${part.package}@${part.version}`;
  await mkdir(folder, { recursive: true });
  const pack = runTool(
    ['npm', 'pack', '--loglevel=error', '--ignore-scripts', '--pack-destination', folder, name],
    { signal, cwd: folder, environment: npmEnvironment(scratch) },
  );
  const printed = await orUnreachable(REGISTRY, pack);
  const archive = join(folder, printed.trim().split('\n').at(-1) ?? '');
  const checksum = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (checksum !== part.integrity) {
    throw new TvmError('build_failed', `npm package ${name} has a wrong checksum: ${checksum}`, {
      context: { checksum, expected: part.integrity },
    });
  }
  const partial = `${content}.part`;
  await mkdir(partial, { recursive: true });
  await runTool(
    [
      'tar',
      '--extract',
      '--no-same-owner',
      '--strip-components=1',
      `--file=${archive}`,
      `--directory=${partial}`,
    ],
    { signal },
  );
  await rename(partial, content);
}

/**
 * Installs npm packages with what they depend on into `/node_modules` of a tree, where Node.js looks last from any folder.
 * No script of theirs runs.
 * @param packages `NAME@VERSION` each, the version exact
 * @throws TvmError `build_failed`, marked as unreachable where the registry is
 */
export async function installNpmPackages(
  packages: readonly string[],
  tree: string,
  scratch: string,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(scratch, 'npm-packages');
  await mkdir(folder, { recursive: true });
  const install = runTool(
    [
      'npm',
      'install',
      ...[
        '--loglevel=error',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--no-save',
        '--no-package-lock',
      ],
      ...['--omit=dev', `--prefix=${folder}`],
      ...packages,
    ],
    { signal, cwd: folder, environment: npmEnvironment(scratch) },
  );
  await orUnreachable(REGISTRY, install.catch(unknownPackage));
  // It would only say from where they came.
  await rm(join(folder, 'node_modules/.package-lock.json'), { force: true });
  const target = await makeRoomInTree(tree, 'node_modules');
  await rename(join(folder, 'node_modules'), target);
  await makeReadable(target, signal);
}

function unknownPackage(error: unknown): never {
  const [, name] =
    /code (?:E404|ETARGET)[^]*?(?:'|for )((?:@[^@\s]+\/)?[^@\s']+@[^\s'.]+(?:\.[^\s'.]+)*)/.exec(
      messageOf(error),
    ) ?? [];
  if (name === undefined) throw error;
  throw new TvmError('build_failed', `--with-npm: ${REGISTRY} has no package ${name}`, { cause: error });
}

/** For programs, which run as another user than the one that the image belongs to, whatever this user's umask. */
async function makeReadable(path: string, signal: AbortSignal): Promise<void> {
  await runTool(['chmod', '--recursive', 'u+w,go-w,a+rX', path], { signal });
}

/** npm would else make a cache in the user's home. */
function npmEnvironment(scratch: string): Record<string, string> {
  return {
    npm_config_cache: join(scratch, 'npm-cache'),
    npm_config_update_notifier: 'false',
    npm_config_fetch_retries: '1',
    // A dependency from a repository would be prepared by scripts of its own, whatever else is forbidden.
    npm_config_ignore_scripts: 'true',
    npm_config_allow_git: 'none',
    npm_config_git: '/bin/false',
  };
}

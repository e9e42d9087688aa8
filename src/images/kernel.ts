import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TvmError } from '../errors.ts';
import { kernelFiles } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { runTool } from '../sys/process.ts';
import { makeStagingFolder } from '../sys/staging.ts';
import { hostArchitecture } from './architecture.ts';
import type { BuildOptions } from './build-options.ts';
import { unpackDebian } from './debian.ts';
import { findOwnKernel } from './kernel-own.ts';

const SUITE = 'bookworm';

const recordSchema = z.strictObject({ release: z.string(), order: z.array(z.string()) });

/** A kernel ready to boot. */
export interface Kernel {
  /** `own` is what `tvm kernel build` made: small, with everything built in. `debian` is Debian's cloud kernel. */
  readonly flavour: 'own' | 'debian';
  /** Holds its {@link kernelFiles}. */
  readonly folder: string;
  /** As `uname -r` prints it. */
  readonly release: string;
  /** File names in the modules folder, in load order; none where everything is built in. */
  readonly order: readonly string[];
}

/** The kernel in the cache that VMs boot: TVM's own unless it is absent or outdated, else Debian's, or undefined. */
export async function cachedKernel(paths: Paths): Promise<Kernel | undefined> {
  const own = await findOwnKernel(paths);
  if (own) return { flavour: 'own', folder: own.folder, release: own.release, order: [] };
  try {
    const record = recordSchema.parse(
      JSON.parse(await readFile(kernelFiles(paths.kernelDir).record, 'utf8')),
    );
    return { flavour: 'debian', folder: paths.kernelDir, ...record };
  } catch {
    return undefined;
  }
}

/**
 * Gets Debian's cloud kernel unless a kernel is in the cache: an uncompressed image, which boots without a decompressor.
 */
export async function ensureKernel(paths: Paths, options: BuildOptions): Promise<Kernel> {
  const cached = await cachedKernel(paths);
  if (cached) return cached;
  options.progress('kernel: getting Debian cloud kernel');
  await using staging = await makeStagingFolder(paths.cacheDir);
  const { debianModules } = hostArchitecture().kernel;
  const { release, order } = await unpackDebianKernel(join(staging.path, 'kernel'), debianModules, options);

  await rm(paths.kernelDir, { recursive: true, force: true });
  await rename(join(staging.path, 'kernel'), paths.kernelDir);
  options.progress(`kernel: ${release} ready`);
  return { flavour: 'debian', folder: paths.kernelDir, release, order };
}

/**
 * Makes a folder that holds the {@link kernelFiles} of Debian's cloud kernel.
 * @param modules names of those to take, with what they depend on
 */
export async function unpackDebianKernel(
  folder: string,
  modules: readonly string[],
  { signal, sources }: Pick<BuildOptions, 'signal' | 'sources'>,
): Promise<z.infer<typeof recordSchema>> {
  const packages = `${folder}.packages`;
  const { debian, kernel } = hostArchitecture();
  await unpackDebian(
    { suite: SUITE, packages: [`linux-image-cloud-${debian}`], variant: 'extract' },
    packages,
    { signal, sources, only: ['./boot/vmlinuz-*', './lib/modules/*/kernel/*'] },
  );
  const release = await onlyEntry(join(packages, 'lib', 'modules'));
  const built = kernelFiles(folder);
  await mkdir(built.modules, { recursive: true });
  const image = join(packages, 'boot', `vmlinuz-${release}`);
  await (kernel.debianImage === 'bzImage' ? extractElfKernel : copyImage)(image, built.vmlinux, signal);
  // The VM process reads it as another user.
  await chmod(built.vmlinux, 0o644);
  const source = join(packages, 'lib', 'modules', release, 'kernel');
  const order = await collectModules(modules, source, built.modules);
  await writeFile(built.record, JSON.stringify({ release, order }));
  await rm(packages, { recursive: true });
  return { release, order };
}

/**
 * Takes the ELF kernel out of a bzImage. Offsets are those of the Linux x86 boot protocol, 2.08 and later
 * (Documentation/x86/boot.rst): the payload is compressed data and its size as a trailing u32.
 */
async function extractElfKernel(bzImage: string, target: string, signal: AbortSignal): Promise<void> {
  const image = await readFile(bzImage);
  const setupSectors = image.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c) - 4);
  const LZ4_LEGACY_MAGIC = 0x184c2102;
  if (payload.length < 4 || payload.readUInt32LE(0) !== LZ4_LEGACY_MAGIC) {
    throw new TvmError('build_failed', `${bzImage}: the kernel is not compressed with LZ4`);
  }
  await runTool(['lz4', '--decompress', '--quiet', '-', '-'], { signal, input: payload, stdoutFile: target });
}

/** Copies an `Image` of arm64. Its header has a magic number (Documentation/arm64/booting.rst); a compressed one has another. */
async function copyImage(image: string, target: string): Promise<void> {
  const MAGIC = 'ARM\x64';
  const header = (await readFile(image)).toString('latin1', 56, 60);
  if (header !== MAGIC)
    throw new TvmError('build_failed', `${image}: the kernel is no uncompressed Image of arm64`);
  await copyFile(image, target);
}

/** Copies the modules and what they depend on; returns their file names, dependencies first. */
async function collectModules(names: readonly string[], source: string, target: string): Promise<string[]> {
  const files = new Map<string, string>();
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    const name = entry.name.endsWith('.ko') ? entry.name.slice(0, -3) : undefined;
    if (name) files.set(moduleName(name), join(entry.parentPath, entry.name));
  }
  const order: string[] = [];
  const visit = async (name: string): Promise<void> => {
    const path = files.get(moduleName(name));
    const file = `${moduleName(name)}.ko`;
    // What has no file is built in.
    if (!path || order.includes(file)) return;
    for (const dependency of dependenciesOf(await readFile(path))) await visit(dependency);
    await copyFile(path, join(target, file));
    order.push(file);
  };
  for (const name of names) await visit(name);
  return order;
}

/** Modules are named with dashes or underscores, alike to the kernel. */
function moduleName(name: string): string {
  return name.replaceAll('-', '_');
}

/** The `depends=` entry of a module's .modinfo section: NUL-terminated, names separated by commas. */
function dependenciesOf(module: Buffer): string[] {
  const KEY = '\0depends=';
  const start = module.indexOf(KEY);
  if (start < 0) return [];
  const end = module.indexOf(0, start + KEY.length);
  return module
    .subarray(start + KEY.length, end)
    .toString('latin1')
    .split(',')
    .filter(Boolean);
}

async function onlyEntry(folder: string): Promise<string> {
  const [name, ...others] = await readdir(folder);
  if (name === undefined || others.length > 0)
    throw new TvmError('build_failed', `${folder}: not one kernel`);
  return name;
}

import { chmod, copyFile, mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, TvmError } from '../errors.ts';
import { hashOfFile } from '../sys/hash.ts';
import { kernelFiles, ownKernelFolder } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { runTool } from '../sys/process.ts';
import type { ToolOptions } from '../sys/process.ts';
import { makeFolder, makeStagingFolder } from '../sys/staging.ts';
import type { BuildOptions } from './build-options.ts';
import { unpackDebian } from './debian.ts';
import { fragmentPath, kernelRecipe, lostOptions } from './kernel-config.ts';
import type { KernelRecipe } from './kernel-config.ts';
import { findOwnKernel, listOwnKernels, ownKernelKey, removeOwnKernel } from './kernel-own.ts';
import type { OwnKernel, OwnKernelRecord } from './kernel-own.ts';

const SUITE = 'bookworm';
const SOURCE = 'linux-source-6.1';

/** What the unpacked source and the objects take, with some reserve. */
const NEEDED_DISK_GIB = 2;

/** Compilers at a time. More would not help two cores, and the priority is low: guests may be running. */
const JOBS = 2;

/** How often a long step says that it goes on, in ms. */
const PROGRESS_INTERVAL_MS = 15_000;

/** Sources that no guest needs, most of the tree. Kconfig reads the files that describe them, so these stay. */
const LEFT_OUT = [
  'drivers/gpu',
  'drivers/net/ethernet',
  'drivers/net/wireless',
  'drivers/media',
  'drivers/staging',
  'sound',
]
  .map((folder) => `${folder}/*.[ch]`)
  .concat(['Documentation/*/*', 'tools/testing/*']);

/** Settings of the user's environment that would change the kernel. */
const FOREIGN_VARIABLES = ['MAKEFLAGS', 'KCONFIG_CONFIG', 'KCFLAGS', 'KAFLAGS', 'CROSS_COMPILE', 'LLVM'];

/**
 * Builds the guest kernel from Debian's kernel source and the fragments in `kernel/`, with everything built in. An
 * up-to-date one in the cache is kept unless `force` is set: that gets Debian's newest source.
 * @throws TvmError `build_failed` naming the options that did not take, or quoting the compiler; `host_unready` without
 *   the tools, the room or a recipe for this processor; the signal's reason on abort
 */
export async function buildKernel(
  paths: Paths,
  options: BuildOptions & { readonly force: boolean },
): Promise<OwnKernel> {
  const { signal, progress } = options;
  const recipe = await kernelRecipe();
  if (!recipe)
    throw new TvmError('host_unready', `there is no kernel recipe for the processor ${process.arch}`);
  const existing = await findOwnKernel(paths);
  if (existing && !options.force) return existing;
  await checkRoom(paths.cacheDir);

  const startedAt = performance.now();
  await using staging = await makeStagingFolder(paths.cacheDir);
  const source = await getSource(staging.path, options);
  progress(`kernel: configuring ${source.version}`);
  if (recipe.makeArch === 'x86_64') await leaveOutObjtool(source.folder);
  await splitVsockBuffers(source.folder);
  const objects = join(staging.path, 'objects');
  const make = makeRunner({ recipe, source, objects, signal });
  await configure(make, { recipe, source, objects, signal });
  await compile(make, { recipe, log: join(staging.path, 'make.log'), signal, progress });

  const release = (await readFile(join(objects, 'include/config/kernel.release'), 'utf8')).trim();
  const key = ownKernelKey(recipe, source.sha256);
  const kernel = await install(paths, {
    recipe,
    objects,
    staging: staging.path,
    record: { key, release, sourceVersion: source.version, sourceSha256: source.sha256 },
  });
  progress(`kernel: ${release} ready, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  return kernel;
}

interface Source {
  readonly folder: string;
  readonly version: string;
  /** Of the archive in Debian's package. */
  readonly sha256: string;
  /** When Debian made it: the kernel's own date of build, so that the same source gives the same bytes. */
  readonly date: string;
}

type Make = (goals: readonly string[], more?: ToolOptions) => Promise<string>;

async function checkRoom(cacheDir: string): Promise<void> {
  await makeFolder(cacheDir);
  const disk = await statfs(cacheDir);
  const freeGib = (disk.bavail * disk.bsize) / 1024 ** 3;
  if (freeGib >= NEEDED_DISK_GIB) return;
  throw new TvmError(
    'host_unready',
    `building a kernel needs ${NEEDED_DISK_GIB} GiB at ${cacheDir}, and ${freeGib.toFixed(1)} GiB are free; free some, or set XDG_CACHE_HOME`,
  );
}

/** Gets and unpacks Debian's source: its package holds an archive. */
async function getSource(scratch: string, { signal, progress, sources }: BuildOptions): Promise<Source> {
  const unpacked = join(scratch, 'package');
  const inPackage = `usr/src/${SOURCE}.tar.xz`;
  const archive = join(unpacked, inPackage);
  const folder = join(scratch, SOURCE);
  await reportWhile(
    unpackDebian({ suite: SUITE, packages: [SOURCE], variant: 'extract' }, unpacked, {
      signal,
      sources,
      only: [`./${inPackage}`],
    }),
    progress,
    async () => `getting Debian's ${SOURCE} (140 MB)`,
  );
  await reportWhile(
    runTool(
      [
        'tar',
        '--extract',
        '--no-same-owner',
        `--use-compress-program=xz --threads=${JOBS}`,
        ...LEFT_OUT.map((pattern) => `--exclude=${SOURCE}/${pattern}`),
        `--file=${archive}`,
        `--directory=${scratch}`,
      ],
      { signal },
    ),
    progress,
    async () => 'unpacking the source',
  );
  const date = (await stat(archive)).mtime.toUTCString();
  const sha256 = await hashOfFile(archive);
  await rm(unpacked, { recursive: true });
  return { folder, date, sha256, version: await versionOf(folder) };
}

/** The version that the top makefile of a kernel source sets. */
async function versionOf(folder: string): Promise<string> {
  const makefile = await readFile(join(folder, 'Makefile'), 'utf8');
  const numbers = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(
    (name) => new RegExp(`^${name} = (\\d+)$`, 'm').exec(makefile)?.[1],
  );
  if (numbers.includes(undefined))
    throw new TvmError('build_failed', `${folder}: the makefile names no version`);
  return numbers.join('.');
}

/**
 * Without objtool libelf is not needed, and each file compiles faster. On x86-64 nothing else switches it off; what
 * needs it (ORC unwinding, retpolines, inlined static calls) is unwanted or has a plain variant.
 */
async function leaveOutObjtool(folder: string): Promise<void> {
  const file = join(folder, 'arch/x86/Kconfig');
  const text = await readFile(file, 'utf8');
  const edited = text.replace(/^\tselect HAVE_OBJTOOL\s.*\n/m, '');
  if (edited === text) throw new TvmError('build_failed', `${file}: HAVE_OBJTOOL is not where it was`);
  await writeFile(file, edited);
}

/**
 * Gives each packet that comes over vsock two buffers, for its header and its data, as kernels did before 6.3 and before the
 * later 6.1.y: Firecracker before 1.6 drops packets for which there is only one (`BufDescMissing`). To any other device it
 * is the same.
 */
async function splitVsockBuffers(folder: string): Promise<void> {
  const file = join(folder, 'net/vmw_vsock/virtio_transport.c');
  const text = await readFile(file, 'utf8');
  const edited = text
    .replace('struct scatterlist pkt, *p;', 'struct scatterlist pkt[2], *p;')
    .replace(
      /^(\t+)sg_init_one\(&pkt, virtio_vsock_hdr\(skb\), total_len\);\n\t+p = &pkt;$/m,
      [
        '$1sg_init_table(pkt, 2);',
        '$1sg_set_buf(&pkt[0], virtio_vsock_hdr(skb), VIRTIO_VSOCK_SKB_HEADROOM);',
        '$1sg_set_buf(&pkt[1], virtio_vsock_hdr(skb) + 1, total_len - VIRTIO_VSOCK_SKB_HEADROOM);',
        '$1p = pkt;',
      ].join('\n'),
    );
  if (!edited.includes('pkt[2]') || !edited.includes('p = pkt;')) {
    throw new TvmError('build_failed', `${file}: the buffers of packets are not where they were`);
  }
  await writeFile(file, edited);
}

interface Job {
  readonly recipe: KernelRecipe;
  readonly source: Source;
  readonly objects: string;
  readonly signal: AbortSignal;
}

function makeRunner({ recipe, source, objects, signal }: Job): Make {
  const unset = FOREIGN_VARIABLES.flatMap((name) => ['--unset', name]);
  const settings = [
    `ARCH=${recipe.makeArch}`,
    `O=${objects}`,
    'KBUILD_BUILD_USER=tvm',
    'KBUILD_BUILD_HOST=tvm',
    `KBUILD_BUILD_TIMESTAMP=${source.date}`,
  ];
  return async (goals, more) =>
    runTool(
      [
        'env',
        ...unset,
        'nice',
        '-n',
        '10',
        'make',
        '-C',
        source.folder,
        `--jobs=${JOBS}`,
        ...settings,
        ...goals,
      ],
      { signal, ...more },
    );
}

/** @throws TvmError `build_failed` naming what did not come out as the fragments want it */
async function configure(make: Make, { recipe, source, objects, signal }: Job): Promise<void> {
  await mkdir(objects);
  await make(['tinyconfig']);
  const merge = join(source.folder, 'scripts/kconfig/merge_config.sh');
  await runTool([merge, '-m', '.config', ...recipe.fragments.map(fragmentPath)], { cwd: objects, signal });
  await make(['olddefconfig']);
  const lost = lostOptions(recipe.fragments, await readFile(join(objects, '.config'), 'utf8'));
  if (lost.length > 0) {
    throw new TvmError('build_failed', `options of the kernel did not take: ${lost.join('; ')}`);
  }
}

async function compile(
  make: Make,
  job: { readonly recipe: KernelRecipe; readonly log: string } & BuildOptions,
): Promise<void> {
  const { recipe, log, signal, progress } = job;
  const { bootImage, bzImage } = recipe;
  const goals = [bootImage, ...(bzImage === undefined ? [] : [bzImage])].map((path) =>
    path.replace(/.*\//, ''),
  );
  await reportWhile(make(goals, { signal, stdoutFile: log }), progress, async () => {
    const lines = await readFile(log, 'utf8').catch(() => '');
    const compiled = lines.match(/^ {2}(CC|AS) /gm)?.length ?? 0;
    return `compiling, ${compiled} objects`;
  });
}

/** Puts the kernel in place. Its predecessor stays until the next build: a TVM that runs goes on booting from it. */
async function install(
  paths: Paths,
  built: {
    readonly recipe: KernelRecipe;
    readonly objects: string;
    readonly staging: string;
    readonly record: Omit<OwnKernelRecord, 'sizeBytes' | 'builtAt'>;
  },
): Promise<OwnKernel> {
  const { recipe, objects, staging } = built;
  const folder = join(staging, 'kernel');
  await mkdir(folder);
  const files = kernelFiles(folder);
  const copies = [
    [recipe.bootImage, files.vmlinux],
    ...(recipe.bzImage === undefined ? [] : [[recipe.bzImage, files.bzImage] as const]),
    ['.config', files.config],
  ] as const;
  for (const [from, to] of copies) {
    await copyFile(join(objects, from), to);
    // The VM process reads it as another user.
    await chmod(to, 0o644);
  }
  const record: OwnKernelRecord = {
    ...built.record,
    sizeBytes: (await stat(files.vmlinux)).size,
    builtAt: new Date().toISOString(),
  };
  await writeFile(files.record, JSON.stringify(record, null, 2));

  await makeFolder(paths.ownKernelsDir);
  const target = ownKernelFolder(paths.ownKernelsDir, record.key);
  const predecessors = (await listOwnKernels(paths)).filter((kernel) => kernel.folder !== target);
  try {
    await rename(target, join(staging, 'replaced'));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  await rename(folder, target);
  for (const old of predecessors.slice(1)) await removeOwnKernel(old.folder);
  return { ...record, folder: target, current: true };
}

/** Says at once, and then every now and then, what is going on until `work` settles. */
async function reportWhile<T>(
  work: Promise<T>,
  progress: (line: string) => void,
  describe: () => Promise<string>,
): Promise<T> {
  const startedAt = performance.now();
  const report = async (): Promise<void> => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    progress(`kernel: ${await describe()}${seconds === '0' ? '' : `, ${seconds} s`}`);
  };
  void report();
  const timer = setInterval(() => void report(), PROGRESS_INTERVAL_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

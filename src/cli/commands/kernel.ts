import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/load.ts';
import { messageOf } from '../../errors.ts';
import { sourcesOf } from '../../images/build-options.ts';
import { buildKernel } from '../../images/kernel-build.ts';
import { findOwnKernel, listOwnKernels, removeOwnKernel, removeOwnKernels } from '../../images/kernel-own.ts';
import type { OwnKernel } from '../../images/kernel-own.ts';
import { cachedKernel } from '../../images/kernel.ts';
import { silentLogger } from '../../observability/log.ts';
import { makeEmbeddedEngine } from '../../pyrovm/embedded.ts';
import { kernelFiles } from '../../sys/paths.ts';
import type { Paths } from '../../sys/paths.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { failure } from '../failure.ts';
import { ensureFolders } from '../folders.ts';

/** `tvm kernel build`: quick for an up-to-date one. A kernel that does not boot here is not kept. */
export async function buildGuestKernel(
  ctx: CliContext,
  { force }: { readonly force: boolean },
): Promise<number> {
  const config = loadConfig();
  ensureFolders(config.paths);
  const existing = await findOwnKernel(config.paths);
  const kernel = await buildKernel(config.paths, {
    force,
    sources: sourcesOf(config.settings),
    signal: ctx.interrupt.signal,
    progress: (line) => void ctx.output.note(line),
  });
  if (kernel.builtAt !== existing?.builtAt) await proveBoot(ctx, config, kernel);
  await ctx.output.line(`ready: ${kernel.release}, from Debian's source of ${kernel.sourceVersion}`);
  return EXIT.ok;
}

/** `tvm kernel status`: which kernel microVMs boot. */
export async function showKernel(ctx: CliContext, { json }: { readonly json: boolean }): Promise<number> {
  const status = await kernelStatus(loadConfig().paths);
  if (json) {
    await ctx.output.json(status);
    return EXIT.ok;
  }
  const { in_use: used, own } = status;
  await ctx.output.table([
    ['KERNEL', 'STATE', 'DETAIL'],
    [
      'in use',
      used ? { text: used.flavour, colour: 'green' } : { text: 'none', colour: 'yellow' },
      used ? `${used.release}, ${used.path}` : "Debian's is fetched with the first image",
    ],
    [
      'own',
      { text: own?.state ?? 'absent', colour: own?.state === 'current' ? 'green' : 'dim' },
      own
        ? `${own.release}, built ${own.built_at.slice(0, 16).replace('T', ' ')} UTC`
        : 'run: tvm kernel build',
    ],
  ]);
  return EXIT.ok;
}

/** `tvm kernel remove`: from then on Debian's kernel boots again. Fails when there was none. */
export async function removeKernel(ctx: CliContext): Promise<number> {
  const removed = await removeOwnKernels(loadConfig().paths);
  if (removed === 0) {
    await ctx.output.note('no own kernel is there');
    return EXIT.failure;
  }
  await ctx.output.line("removed: microVMs boot Debian's kernel");
  await ctx.output.note('a TVM that runs must be started again (tvm stop, tvm start)');
  return EXIT.ok;
}

async function kernelStatus(paths: Paths) {
  const [used, [own]] = await Promise.all([cachedKernel(paths), listOwnKernels(paths)]);
  return {
    in_use: used
      ? { flavour: used.flavour, release: used.release, path: kernelFiles(used.folder).vmlinux }
      : null,
    own: own
      ? {
          state: own.current ? 'current' : 'outdated',
          release: own.release,
          source_version: own.sourceVersion,
          built_at: own.builtAt,
          size_bytes: own.sizeBytes,
        }
      : null,
  };
}

/** @throws TvmError `build_failed`, with the kernel removed, when it boots on no accelerator of this host */
async function proveBoot(ctx: CliContext, config: Config, kernel: OwnKernel): Promise<void> {
  const { signal } = ctx.interrupt;
  const embedded = await makeEmbeddedEngine({
    config,
    service: false,
    logger: silentLogger(),
    signal,
    progress: (line) => void ctx.output.note(line),
  });
  try {
    await embedded.prove();
  } catch (error) {
    await removeOwnKernel(kernel.folder);
    signal.throwIfAborted();
    throw failure(`the kernel was built but does not boot: ${messageOf(error)}`, {
      code: 'build_failed',
      remedy: 'It was removed; what was used before stays in use. `tvm doctor` shows whether that boots.',
      cause: error,
    });
  } finally {
    await embedded.stop(0);
  }
}

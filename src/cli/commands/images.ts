import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/load.ts';
import { buildRuntimes } from '../../images/build.ts';
import { listImages, removeImage } from '../../images/store.ts';
import { parseRuntimeId, RUNTIMES } from '../../runtimes/catalogue.ts';
import type { Runtime } from '../../runtimes/catalogue.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { failure } from '../failure.ts';
import { ensureFolders } from '../folders.ts';
import type { Cell } from '../output.ts';

/** What `quickstart` needs and `images build` builds when it is given no names. */
export const DEFAULT_RUNTIMES = ['python@3.11', 'javascript@20'] as const;

/** `tvm images build`: quick for what is there already. */
export async function buildImages(
  ctx: CliContext,
  { runtimes, all }: { readonly runtimes: readonly string[]; readonly all: boolean },
): Promise<number> {
  const buildable = RUNTIMES.filter((runtime) => runtime.version.image);
  const names = runtimes.length > 0 ? runtimes : DEFAULT_RUNTIMES;
  const wanted = all ? buildable : names.map((name) => parseRuntimeId(name));
  const impossible = wanted.filter((runtime) => !runtime.version.image).map((runtime) => runtime.id);
  if (impossible.length > 0) {
    throw failure(`this release cannot build ${impossible.join(', ')}`, {
      remedy: `It builds: ${buildable.map((runtime) => runtime.id).join(', ')}.`,
    });
  }
  const unique = [...new Set(wanted)];
  await ensureImages(ctx, loadConfig(), unique);
  await ctx.output.line(`ready: ${unique.map((runtime) => runtime.id).join(', ')}`);
  return EXIT.ok;
}

/** Builds what is missing of these and of what every microVM boots from. @throws TvmError */
export async function ensureImages(ctx: CliContext, config: Config, runtimes: Runtime[]): Promise<void> {
  ensureFolders(config.paths);
  await buildRuntimes(runtimes, {
    config,
    signal: ctx.interrupt.signal,
    progress: (line) => void ctx.output.note(line),
  });
}

/** `tvm images list`: the whole matrix and what of it is there. */
export async function showImages(ctx: CliContext, { json }: { readonly json: boolean }): Promise<number> {
  const entries = new Map((await listImages(loadConfig().paths)).map((entry) => [entry.id, entry]));
  const rows = RUNTIMES.map(({ id, version }) => {
    const entry = entries.get(id);
    const state = entry ? 'installed' : version.image ? 'available' : 'not in this release';
    return {
      id,
      state,
      size_bytes: entry?.sizeBytes ?? null,
      built_at: entry?.builtAt.toISOString() ?? null,
    };
  });
  if (json) {
    await ctx.output.json(rows);
    return EXIT.ok;
  }
  const cells = rows.map(({ id, state, size_bytes: size, built_at: builtAt }): Cell[] => [
    id,
    { text: state, colour: state === 'installed' ? 'green' : state === 'available' ? 'yellow' : 'dim' },
    size === null ? '-' : `${(size / 1e6).toFixed(1)} MB`,
    builtAt?.slice(0, 16).replace('T', ' ') ?? '-',
  ]);
  await ctx.output.table([['RUNTIME', 'STATE', 'SIZE', 'BUILT (UTC)'], ...cells]);
  return EXIT.ok;
}

/** `tvm images remove`: fails when one of them was not there, after the others are gone. */
export async function removeImages(
  ctx: CliContext,
  { runtimes }: { readonly runtimes: readonly string[] },
): Promise<number> {
  const { paths } = loadConfig();
  const wanted = new Set(runtimes.map((name) => parseRuntimeId(name)));
  let exitCode: number = EXIT.ok;
  for (const { id } of wanted) {
    if (await removeImage(paths, id)) {
      await ctx.output.line(`removed ${id}`);
    } else {
      await ctx.output.note(`${id} is not installed`);
      exitCode = EXIT.failure;
    }
  }
  return exitCode;
}

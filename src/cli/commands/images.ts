import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/load.ts';
import { recipeWith } from '../../images/additions.ts';
import { buildImages as buildOrders, buildRuntimes } from '../../images/build.ts';
import type { ImageOrder } from '../../images/build.ts';
import { customOrder, isCustom } from '../../images/order.ts';
import { runtimeStates } from '../../images/states.ts';
import type { RuntimeState } from '../../images/states.ts';
import { findAdditions, listCustom, recipeOf, removeImage } from '../../images/store.ts';
import { parseRuntimeId, RUNTIMES } from '../../runtimes/catalogue.ts';
import type { Runtime } from '../../runtimes/catalogue.ts';
import { splitCustom } from '../../runtimes/custom.ts';
import type { Paths } from '../../sys/paths.ts';
import { buildExitCode, buildReport } from '../build-report.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { failure } from '../failure.ts';
import { ensureFolders } from '../folders.ts';
import { runtimesPage } from '../runtimes-page.ts';
import type { ImagesBuildInvocation } from '../invocation.ts';
import type { Cell, Colour } from '../output.ts';

/** What `quickstart` needs and `images build` builds when it is given no names. */
export const DEFAULT_RUNTIMES = ['python@3.11', 'javascript@20'] as const;

const COLOURS: Readonly<Record<RuntimeState['state'], Colour>> = {
  ready: 'green',
  installable: 'yellow',
  building: 'yellow',
  unreachable: 'dim',
};

/** `tvm images build`: quick for what is there already. */
export async function buildImages(ctx: CliContext, invocation: ImagesBuildInvocation): Promise<number> {
  const config = loadConfig();
  const orders = await ordersOf(ctx, config.paths, invocation);
  if (invocation.sources) {
    for (const kind of await kindsOf(config.paths, orders)) await ctx.output.line(kind);
    return EXIT.ok;
  }
  ensureFolders(config.paths);
  const results = await buildOrders(orders, { config, ...interactive(ctx) });
  const [only, ...others] = results;
  if (only && 'error' in only && others.length === 0) throw only.error;
  for (const line of buildReport(results)) await ctx.output.line(line);
  return buildExitCode(results, invocation.all);
}

/** Builds what is missing of these and of what every microVM boots from. @throws TvmError */
export async function ensureImages(ctx: CliContext, config: Config, runtimes: Runtime[]): Promise<void> {
  ensureFolders(config.paths);
  await buildRuntimes(runtimes, { config, ...interactive(ctx) });
}

function interactive(ctx: CliContext) {
  return { signal: ctx.interrupt.signal, progress: (line: string) => void ctx.output.note(line) };
}

async function ordersOf(
  ctx: CliContext,
  paths: Paths,
  invocation: ImagesBuildInvocation,
): Promise<readonly ImageOrder[]> {
  const { all, runtimes } = invocation;
  if (all && (runtimes.length > 0 || isCustom(invocation))) {
    throw failure('--all: takes no names and no other options', { exitCode: EXIT.usage, remedy: '' });
  }
  if (all) {
    const buildable = RUNTIMES.filter((runtime) => runtime.version.image).map(({ id }) => ({ id }));
    return [...buildable, ...(await listCustom(paths)).map((id) => ({ id }))];
  }
  const wanted = runtimes.map((name) => parseRuntimeId(name));
  if (isCustom(invocation)) {
    return [await customOrder(wanted, invocation, { cwd: process.cwd(), signal: ctx.interrupt.signal })];
  }
  const ids = new Set(wanted.length > 0 ? wanted.map(({ id }) => id) : DEFAULT_RUNTIMES);
  for (const id of ids) await checkBuildable(paths, id);
  return [...ids].map((id) => ({ id }));
}

async function checkBuildable(paths: Paths, id: Runtime['id']): Promise<void> {
  if (!recipeOf(id)) {
    const buildable = RUNTIMES.filter((runtime) => runtime.version.image).map((runtime) => runtime.id);
    throw failure(`this release cannot build ${id}`, { remedy: `It builds: ${buildable.join(', ')}.` });
  }
  const custom = splitCustom(id);
  if (!custom || (await findAdditions(paths, id))) return;
  throw failure(`nothing on this machine says what ${id} is made of`, {
    exitCode: EXIT.usage,
    remedy: `For example: tvm images build ${custom.base} --name ${custom.label} --with PACKAGE`,
  });
}

/** Kinds of bases that are wanted: the set-up installs tools for `oci` only when there is one. */
async function kindsOf(paths: Paths, orders: readonly ImageOrder[]): Promise<ReadonlySet<string>> {
  const kinds = new Set<string>();
  for (const { id, additions = await findAdditions(paths, id) } of orders) {
    const recipe = recipeOf(id);
    if (recipe) kinds.add(recipeWith(recipe, additions).base.kind);
  }
  return kinds;
}

/** `tvm images list`: the whole catalogue and users' own runtimes, and how each stands on this machine. */
export async function showImages(
  ctx: CliContext,
  { json, markdown }: { readonly json: boolean; readonly markdown: boolean },
): Promise<number> {
  const states = await runtimeStates(loadConfig().paths);
  if (markdown) {
    await ctx.output.write(runtimesPage(states));
    return EXIT.ok;
  }
  if (json) {
    const rows = states.map(({ id, state, reason, source, image }) => ({
      id,
      state,
      reason: reason ?? null,
      source,
      version: image?.version ?? null,
      base: image?.base ?? null,
      size_bytes: image?.sizeBytes ?? null,
      built_at: image?.builtAt.toISOString() ?? null,
    }));
    await ctx.output.json(rows);
    return EXIT.ok;
  }
  const cells = states.map(({ id, state, source, image, reason }): Cell[] => [
    id,
    { text: state, colour: COLOURS[state] },
    image ? `${(image.sizeBytes / 1e6).toFixed(1)} MB` : '-',
    image?.builtAt.toISOString().slice(0, 16).replace('T', ' ') ?? '-',
    source,
    image?.version ?? firstLine(reason ?? '-'),
  ]);
  await ctx.output.table([
    ['RUNTIME', 'STATE', 'SIZE', 'BUILT (UTC)', 'SOURCE', 'VERSION OR REASON'],
    ...cells,
  ]);
  return EXIT.ok;
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** `tvm images remove`: fails when one of them was not there, after the others are gone. */
export async function removeImages(
  ctx: CliContext,
  { runtimes }: { readonly runtimes: readonly string[] },
): Promise<number> {
  const { paths } = loadConfig();
  const wanted = new Set(runtimes.map((name) => parseRuntimeId(name).id));
  let exitCode: number = EXIT.ok;
  for (const id of wanted) {
    if (await removeImage(paths, id)) {
      await ctx.output.line(`removed ${id}`);
    } else {
      await ctx.output.note(`${id} is not installed`);
      exitCode = EXIT.failure;
    }
  }
  return exitCode;
}

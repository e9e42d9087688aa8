import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../config/load.ts';
import { DisposeStack } from '../../sys/dispose.ts';
import { LOG_COMPONENTS } from '../../sys/paths.ts';
import type { LogsInvocation } from '../invocation.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatLine } from '../logs/line.ts';
import type { LogLine } from '../logs/line.ts';
import { mergeByTime } from '../logs/merge.ts';
import { openLogSource } from '../logs/source.ts';
import type { LogSource } from '../logs/source.ts';

const POLL_MS = 200;

/** `tvm logs`: the last lines, and with `--follow` what comes until an interrupt or until nobody reads any more. */
export async function logs(ctx: CliContext, options: LogsInvocation): Promise<number> {
  const { output, interrupt } = ctx;
  const { logsDir } = loadConfig().paths;
  const components = options.component ? [options.component] : LOG_COMPONENTS;
  await using stack = new DisposeStack();
  const sources = components.map((component) => stack.use(openLogSource(logsDir, component)));

  const texts = await Promise.all(
    sources.map(async (source) => source.tail(options.lines, { partial: !options.follow })),
  );
  const lines = options.lines === 0 ? [] : mergeByTime(texts).slice(-options.lines);
  if (lines.length === 0 && options.lines > 0) {
    await output.note(
      `no logs yet${options.component ? ` of ${options.component}` : ''}; they will be in ${logsDir}`,
    );
  }
  await print(ctx, lines, options.json);
  if (options.follow) await follow(ctx, sources, options.json);
  // An interrupt is how following is meant to end.
  return options.follow ? EXIT.ok : (interrupt.exitCode() ?? EXIT.ok);
}

async function follow(ctx: CliContext, sources: readonly LogSource[], json: boolean): Promise<void> {
  const { signal } = ctx.interrupt;
  while (!signal.aborted && !ctx.output.closed) {
    const texts = await Promise.all(sources.map(async (source) => source.poll()));
    await print(ctx, mergeByTime(texts), json);
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

async function print(ctx: CliContext, lines: readonly LogLine[], json: boolean): Promise<void> {
  if (lines.length === 0) return;
  await ctx.output.write(lines.map((line) => `${json ? line.text : formatLine(line)}\n`).join(''));
}

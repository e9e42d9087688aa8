import { loadConfig } from '../../config/load.ts';
import type { StartInvocation } from '../invocation.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { serve } from '../foreground.ts';
import { launch } from '../launch.ts';
import type { Running } from '../launch.ts';
import { settingArguments } from '../setting-options.ts';

/** `tvm start`: returns when TVM answers, or with `--foreground` when it has ended. */
export async function start(ctx: CliContext, options: StartInvocation): Promise<number> {
  const config = loadConfig({ flags: options.flags });
  if (options.foreground) return serve(ctx, config, options);
  const running = await launch(ctx, config, settingArguments(options.flags));
  if (options.json) {
    const { pid, addresses, alreadyRunning } = running;
    await ctx.output.json({ pid, addresses, already_running: alreadyRunning });
  } else {
    await sayRunning(ctx, running);
  }
  return EXIT.ok;
}

/** Prints where TVM answers. */
export async function sayRunning({ output }: CliContext, running: Running): Promise<void> {
  await output.line(`TVM is ${running.alreadyRunning ? 'already ' : ''}running (pid ${running.pid})`);
  for (const address of running.addresses) await output.line(`  ${address}`);
}

import { inspect } from 'node:util';
import { parseArguments } from './arguments.ts';
import type { CliContext, Engine } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { failureOf } from './failure.ts';
import { listenForInterrupts } from './interrupt.ts';
import type { Invocation } from './invocation.ts';
import { createOutput } from './output.ts';

export interface CliOptions {
  /** The words after `tvm`. */
  readonly argv: readonly string[];
  /** Absolute path of the script that runs this, to be run again in the background. */
  readonly entry: string;
  readonly loadEngine: () => Promise<Engine>;
}

/** Runs one command line in this process and returns its exit code; errors are printed, never thrown. */
export async function runCli({ argv, entry, loadEngine }: CliOptions): Promise<number> {
  const output = createOutput(process.stdout, process.stderr);
  const interrupt = listenForInterrupts();
  let invocation: Invocation | undefined;
  try {
    invocation = parseArguments(argv);
    return await execute(invocation, { output, interrupt, entry, loadEngine });
  } catch (error) {
    const interrupted = interrupt.exitCode();
    if (interrupted !== undefined) return interrupted;
    const failure = failureOf(error, invocation?.command === 'run' ? EXIT.notRun : EXIT.failure);
    await output.fail(failure);
    if (wantsStack(invocation)) await output.writeError(`${inspect(error)}\n`);
    return failure.exitCode;
  }
}

/** Each command is loaded when it is wanted: `status` need not wait for the engine's modules. */
async function execute(invocation: Invocation, ctx: CliContext): Promise<number> {
  switch (invocation.command) {
    case 'start':
      return (await import('./commands/start.ts')).start(ctx, invocation);
    case 'stop':
      return (await import('./commands/stop.ts')).stop(ctx);
    case 'status':
      return (await import('./commands/status.ts')).status(ctx, invocation);
    case 'logs':
      return (await import('./commands/logs.ts')).logs(ctx, invocation);
    case 'run':
      return (await import('./commands/run.ts')).run(ctx, invocation);
    case 'images build':
      return (await import('./commands/images.ts')).buildImages(ctx, invocation);
    case 'images list':
      return (await import('./commands/images.ts')).showImages(ctx, invocation);
    case 'images remove':
      return (await import('./commands/images.ts')).removeImages(ctx, invocation);
    case 'kernel build':
      return (await import('./commands/kernel.ts')).buildGuestKernel(ctx, invocation);
    case 'kernel status':
      return (await import('./commands/kernel.ts')).showKernel(ctx, invocation);
    case 'kernel remove':
      return (await import('./commands/kernel.ts')).removeKernel(ctx);
    case 'keys add':
      return (await import('./commands/keys.ts')).addKey(ctx, invocation);
    case 'keys list':
      return (await import('./commands/keys.ts')).listKeys(ctx, invocation);
    case 'keys revoke':
      return (await import('./commands/keys.ts')).revokeKey(ctx, invocation);
    case 'quickstart':
      return (await import('./commands/quickstart.ts')).quickstart(ctx, invocation);
    case 'doctor':
      return (await import('./commands/doctor.ts')).doctor(ctx, invocation);
    case 'bench':
      return (await import('./commands/bench.ts')).bench(ctx, invocation);
    case 'setup':
      await ctx.output.note('setup is done by the script `tvm` at the root of the repository');
      return EXIT.ok;
    case 'none':
      break;
  }
  const { text, exitCode } = invocation;
  await (exitCode === EXIT.ok ? ctx.output.write(text) : ctx.output.writeError(text));
  return exitCode;
}

function wantsStack(invocation: Invocation | undefined): boolean {
  return invocation !== undefined && 'flags' in invocation && invocation.flags.log_level === 'debug';
}

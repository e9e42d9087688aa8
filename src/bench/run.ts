import { availableParallelism, cpus, release, totalmem } from 'node:os';
import type { Config } from '../config/load.ts';
import { messageOf, TvmError } from '../errors.ts';
import { silentLogger } from '../observability/log.ts';
import { makeEmbeddedEngine } from '../pyrovm/embedded.ts';
import { VERSION } from '../version.ts';
import { measureBareSandbox } from './bare-sandbox.ts';
import { measureColdBoot } from './cold-boot.ts';
import { measureGateway } from './gateway.ts';
import { HELLO_WORLD } from './programs.ts';
import type { BenchReport } from './report.ts';

export interface BenchOptions {
  readonly config: Config;
  /** Executions per figure. */
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** Measures everything in one run, in this process. @throws TvmError when nothing can be measured */
export async function runBench({ config, rounds, signal, progress }: BenchOptions): Promise<BenchReport> {
  const embedded = await makeEmbeddedEngine({
    config,
    service: true,
    logger: silentLogger(),
    signal,
    progress,
  });
  try {
    await embedded.prove();
    const { engine } = embedded;
    const coldBoot: Record<string, BenchReport['coldBoot'][string]> = {};
    const bareSandbox: Record<string, BenchReport['bareSandbox'][string]> = {};
    for (const runtime of await engine.installedRuntimes()) {
      const [language = ''] = runtime.split('@');
      const program = HELLO_WORLD[language];
      if (!program) continue;
      progress(`${runtime}: ${rounds} cold boots`);
      coldBoot[runtime] = await measureColdBoot(engine, language, program.code, rounds, signal);
      try {
        bareSandbox[runtime] = await measureBareSandbox(program.host, rounds, signal);
      } catch (error) {
        signal.throwIfAborted();
        progress(`${runtime}: no bare sandbox to compare with: ${messageOf(error)}`);
      }
    }
    if (Object.keys(coldBoot).length === 0) {
      throw new TvmError('host_unready', 'no runtime is installed; run: tvm images build');
    }
    progress('pyroshell');
    const state = engine.state();
    const vmm =
      state.state === 'ready' ? `${state.info.name} ${state.info.version}, ${state.info.accelerator}` : '';
    return {
      date: new Date().toISOString(),
      tvmVersion: VERSION,
      host: {
        cpu: cpus()[0]?.model ?? 'unknown',
        cpus: availableParallelism(),
        memoryGib: Math.round(totalmem() / 1024 ** 3),
        kernel: release(),
        vmm,
      },
      coldBoot,
      bareSandbox,
      gateway: await measureGateway(rounds * 20, VERSION),
    };
  } finally {
    await embedded.stop(0);
  }
}

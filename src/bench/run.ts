import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/load.ts';
import { messageOf, TvmError } from '../errors.ts';
import { silentLogger } from '../observability/log.ts';
import { makeEmbeddedEngine } from '../pyrovm/embedded.ts';
import type { Engine } from '../pyrovm/engine/engine.ts';
import type { MachineOrigin } from '../pyrovm/pool/supply.ts';
import { VERSION } from '../version.ts';
import { measureBareSandbox } from './bare-sandbox.ts';
import { measureExecutions, measureThroughput } from './executions.ts';
import type { ExecutionFigures } from './executions.ts';
import { measureGateway } from './gateway.ts';
import { HELLO_WORLD } from './programs.ts';
import type { BenchReport, RuntimeFigures } from './report.ts';

const CLIENTS = 8;

/** How long a template or a full pool is waited for, in ms. */
const SETTLE_TIMEOUT_MS = 120_000;

export interface BenchOptions {
  readonly config: Config;
  /** Executions per figure. */
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** Settings under which machines come to be in one way. */
const SERIES: readonly (readonly [MachineOrigin, Partial<Config['settings']>])[] = [
  ['booted', { templates: 'off' }],
  ['restored', { templates: 'on', pool_size: 0 }],
  ['pooled', { templates: 'on' }],
];

/** Measures everything in one run, in this process. @throws TvmError when nothing can be measured */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const { rounds, signal, progress } = options;
  const executions: Record<string, Partial<Record<MachineOrigin, ExecutionFigures>>> = {};
  const throughput: Record<string, number> = {};
  let vmm = '';
  for (const [origin, settings] of SERIES) {
    await withEngine(options, settings, async (engine) => {
      const state = engine.state();
      if (state.state === 'ready')
        vmm = `${state.info.name} ${state.info.version}, ${state.info.accelerator}`;
      for (const runtime of await measurable(engine)) {
        progress(`${runtime}: ${rounds} executions, machines ${origin}`);
        const [language = ''] = runtime.split('@');
        const code = HELLO_WORLD[language]?.code ?? '';
        const settle = async (): Promise<void> =>
          settled(engine, origin, options.config.settings.pool_size, signal);
        const series = { executor: engine, language, code, rounds, origin, settle, signal };
        (executions[runtime] ??= {})[origin] = await measureExecutions(series);
        if (origin === 'pooled') throughput[runtime] = await measureThroughput(series, CLIENTS, 4 * rounds);
      }
    });
  }
  const runtimes: Record<string, RuntimeFigures> = {};
  for (const [runtime, byOrigin] of Object.entries(executions)) {
    const bareSandbox = await tryBareSandbox(runtime, options);
    runtimes[runtime] = {
      executions: byOrigin,
      throughput: throughput[runtime] ?? 0,
      ...(bareSandbox ? { bareSandbox } : {}),
    };
  }
  if (Object.keys(runtimes).length === 0) {
    throw new TvmError('host_unready', 'no runtime is installed; run: tvm images build');
  }
  progress('pyroshell');
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
    clients: CLIENTS,
    runtimes,
    gateway: await measureGateway(rounds * 20, VERSION),
  };
}

async function withEngine(
  { config, signal, progress }: BenchOptions,
  settings: Partial<Config['settings']>,
  use: (engine: Engine) => Promise<void>,
): Promise<void> {
  const embedded = await makeEmbeddedEngine({
    config: { ...config, settings: { ...config.settings, ...settings } },
    service: true,
    logger: silentLogger(),
    signal,
    progress,
  });
  try {
    await embedded.prove();
    await embedded.engine.prepareInstalled();
    await use(embedded.engine);
  } finally {
    await embedded.stop(0);
  }
}

async function measurable(engine: Engine): Promise<string[]> {
  const installed = await engine.installedRuntimes();
  // A language's default version stands for it.
  return Object.keys(HELLO_WORLD).flatMap(
    (language) => installed.findLast((id) => id.startsWith(`${language}@`)) ?? [],
  );
}

/** Waits until the next execution can be of this kind: templates made, and every pool full, so that nothing refills. */
async function settled(
  engine: Engine,
  origin: MachineOrigin,
  poolSize: number,
  signal: AbortSignal,
): Promise<void> {
  const installed = await engine.installedRuntimes();
  const installedLanguages = [...new Set(installed.map((id) => id.split('@')[0] ?? ''))];
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  const pending = (): boolean => {
    const { templates, pool_status: pools } = engine.pools();
    if (origin === 'booted') return false;
    if (Object.values(templates).some((state) => state === 'loading' || state === 'building')) return true;
    const full = installedLanguages.every((language) => (pools[language]?.available ?? 0) >= poolSize);
    return origin === 'pooled' && !full;
  };
  while (pending()) {
    if (performance.now() > deadline) throw new TvmError('internal', `machines are not ${origin} in time`);
    await sleep(20, undefined, { signal });
  }
}

async function tryBareSandbox(runtime: string, { rounds, signal, progress }: BenchOptions) {
  try {
    return await measureBareSandbox(HELLO_WORLD[runtime.split('@')[0] ?? '']?.host ?? [], rounds, signal);
  } catch (error) {
    signal.throwIfAborted();
    progress(`${runtime}: no bare sandbox to compare with: ${messageOf(error)}`);
    return undefined;
  }
}

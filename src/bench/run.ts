import { setMaxListeners } from 'node:events';
import { messageOf, TvmError } from '../errors.ts';
import { InstalledImages } from '../images/installed.ts';
import { parseRuntimeId } from '../runtimes/catalogue.ts';
import { DisposeStack } from '../sys/dispose.ts';
import { VERSION } from '../version.ts';
import { openBareSandbox } from './bare-sandbox.ts';
import type { BareSandbox } from './bare-sandbox.ts';
import { measureBusyClones, measureIdleClones } from './clones.ts';
import { openCpuMeter } from './cpu-meter.ts';
import type { CpuMeter } from './cpu-meter.ts';
import { measureGateway } from './gateway.ts';
import { goalsOf } from './goals.ts';
import { describeHost } from './host.ts';
import type { HostDescription } from './host.ts';
import { measureIdle } from './idle.ts';
import { measureLoad } from './load.ts';
import { PROGRAMS } from './programs.ts';
import type { BenchReport, RuntimeFigures } from './report.ts';
import { measureSequence } from './sequence.ts';
import { openTarget, POOL_SIZE } from './target.ts';
import type { TargetOptions } from './target.ts';

/** Counted executions of the closed loop, and requests to the gateway alone, for each round. */
const LOAD_PER_ROUND = 4;
const GATEWAY_PER_ROUND = 20;

/** A busy clone's memory hardly differs from another's. */
const MOST_BUSY_SAMPLES = 3;

export interface BenchOptions extends TargetOptions {
  /** Times that each series goes round. */
  readonly rounds: number;
  /** Ids or names of languages; none for all that are installed. */
  readonly runtimes: readonly string[];
  /** How long clones shall wait before they are measured again, in s; absent: not measured. */
  readonly idleSeconds?: number | undefined;
}

/** Measures everything in one run, in this process. @throws TvmError when nothing can be measured */
export async function runBench(given: BenchOptions): Promise<BenchReport> {
  const signal = AbortSignal.any([given.signal]);
  // Every request of a burst listens to it; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  const options = { ...given, signal };
  const { rounds, progress } = options;
  const chosen = await choose(options);
  using meter = openCpuMeter();
  const runtimes: Record<string, RuntimeFigures> = {};
  let host: HostDescription | undefined;
  for (const runtime of chosen) {
    const tell = (line: string): void => progress(`${runtime}: ${line}`);
    const measured = await measureRuntime({ ...options, progress: tell }, runtime, meter);
    runtimes[runtime] = measured.figures;
    host ??= measured.host;
  }
  if (!host) throw new TvmError('host_unready', 'no runtime is installed; run: tvm images build');
  progress('pyroshell');
  return {
    date: new Date().toISOString(),
    tvmVersion: VERSION,
    host,
    rounds,
    poolSize: POOL_SIZE,
    cpuMethod: meter.method,
    runtimes,
    goals: Object.fromEntries(Object.entries(runtimes).map(([id, figures]) => [id, goalsOf(id, figures)])),
    gateway: await measureGateway(rounds * GATEWAY_PER_ROUND, signal),
  };
}

async function choose({ config, runtimes }: BenchOptions): Promise<string[]> {
  const installed = await new InstalledImages(config.paths).current();
  const measurable = [...installed.keys()].filter((id) => parseRuntimeId(id).language.id in PROGRAMS);
  if (runtimes.length === 0) return measurable;
  return runtimes.map((name) => {
    const { id } = parseRuntimeId(name);
    if (measurable.includes(id)) return id;
    throw new TvmError('host_unready', `${id} is not installed, or has no program to measure it with`);
  });
}

/** TVM runs three times side by side, once for each way in which machines come to be, so that these can take turns. */
async function measureRuntime(
  options: BenchOptions,
  runtime: string,
  meter: CpuMeter,
): Promise<{ readonly figures: RuntimeFigures; readonly host: HostDescription }> {
  const { config, rounds, idleSeconds, signal, progress } = options;
  await using stack = new DisposeStack();
  progress('making its template and filling its pool');
  // The first makes the template; two at once would replace each other's.
  const pooled = stack.use(await openTarget(options, runtime, 'pooled'));
  const restored = stack.use(await openTarget(options, runtime, 'restored'));
  const booted = stack.use(await openTarget(options, runtime, 'booted'));
  const bare = await tryBareSandbox(runtime, options);

  const targets = [booted, restored, pooled];
  const sequence = await measureSequence({ targets, bare, meter, rounds, signal, progress });
  progress('memory');
  const idleMemory = await measureIdleClones(pooled);
  const busyMemory = await measureBusyClones(pooled, Math.min(rounds, MOST_BUSY_SAMPLES), signal);
  await pooled.settled();
  const load = await measureLoad(pooled, meter, rounds * LOAD_PER_ROUND, signal, progress);
  if (idleSeconds !== undefined) progress(`clones wait for ${idleSeconds} s`);
  const idle = idleSeconds === undefined ? undefined : await measureIdle(pooled, meter, idleSeconds, signal);
  return {
    figures: {
      ...sequence,
      ...load,
      memory: {
        ...(idleMemory ? { idle: idleMemory } : {}),
        ...(busyMemory ? { busy: busyMemory } : {}),
      },
      ...(idle ? { idle } : {}),
    },
    host: await describeHost(config.paths, pooled),
  };
}

async function tryBareSandbox(
  runtime: string,
  { signal, progress }: BenchOptions,
): Promise<BareSandbox | undefined> {
  try {
    return await openBareSandbox(parseRuntimeId(runtime).language.id, signal);
  } catch (error) {
    signal.throwIfAborted();
    progress(`no bare sandbox to compare with: ${messageOf(error)}`);
    return undefined;
  }
}

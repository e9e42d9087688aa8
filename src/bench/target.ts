import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/load.ts';
import { TvmError } from '../errors.ts';
import { silentLogger } from '../observability/log.ts';
import { makeEmbeddedEngine } from '../pyrovm/embedded.ts';
import type { Engine } from '../pyrovm/engine/engine.ts';
import type { MachineOrigin } from '../pyrovm/pool/supply.ts';
import { NO_KEYS } from '../pyroshell/access/key-ring.ts';
import { startPyroshell } from '../pyroshell/http/server.ts';
import { parseRuntimeId } from '../runtimes/catalogue.ts';
import { DisposeStack } from '../sys/dispose.ts';
import { VERSION } from '../version.ts';
import { mustBeRight, requestRun } from './execution.ts';
import type { Run } from './execution.ts';
import { HttpClient } from './http-client.ts';
import { PROGRAMS } from './programs.ts';
import type { Programs } from './programs.ts';

/** Clones that wait in the pool while the benchmark runs. */
export const POOL_SIZE = 4;

/** Requests of a burst; the queue holds them all, for as long as they take. */
export const BURST = 100;
const QUEUE_TIMEOUT_MS = 600_000;

/** How long a template or a full pool is waited for, and how often it is looked at, in ms. */
const SETTLE_TIMEOUT_MS = 120_000;
const SETTLE_INTERVAL_MS = 25;

const PROGRAM_TIMEOUT_MS = 30_000;

/** Settings under which machines come to be in one way. */
const SETTINGS: Readonly<Record<MachineOrigin, Partial<Config['settings']>>> = {
  booted: { templates: 'off' },
  restored: { templates: 'on', pool_min: 0, pool_max: 0 },
  pooled: { templates: 'on', pool_min: POOL_SIZE, pool_max: POOL_SIZE },
};

/** TVM with gateway and engine, in this process, whose machines for one runtime come to be in one way. */
export interface Target extends AsyncDisposable {
  readonly origin: MachineOrigin;
  readonly engine: Engine;
  /** One execution over HTTP. A refusal is a result too. @throws the signal's reason on abort */
  run(program: keyof Programs, signal: AbortSignal): Promise<Run>;
  /** Clones of the runtime that wait. */
  waiting(): readonly { readonly id: string; readonly age_seconds: number }[];
  /** Waits until the next execution can be of this kind: template made, pool full, so that nothing refills. */
  settled(): Promise<void>;
}

export interface TargetOptions {
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** Templates and clones of the other runtimes are not made: they would take processor time from this one. */
export async function openTarget(
  options: TargetOptions,
  runtime: string,
  origin: MachineOrigin,
): Promise<Target> {
  const { config, signal } = options;
  const { language, version } = parseRuntimeId(runtime);
  const settings: Config['settings'] = {
    ...config.settings,
    ...SETTINGS[origin],
    prewarm: runtime,
    queue_size: Math.max(config.settings.queue_size, BURST),
    queue_timeout_ms: QUEUE_TIMEOUT_MS,
  };
  const logger = silentLogger();
  const stack = new DisposeStack();
  try {
    const embedded = await makeEmbeddedEngine({
      ...options,
      config: { ...config, settings },
      service: true,
      logger,
    });
    stack.defer(async () => embedded.stop(0));
    const { engine } = embedded;
    await embedded.prove();
    const pyroshell = stack.use(
      await startPyroshell({
        settings: {
          ...settings,
          host: '127.0.0.1',
          port: 0,
          second_port: 'off',
          requests_per_second: 'off',
          executions_per_client: 'off',
        },
        keys: NO_KEYS,
        executor: engine,
        logger,
        version: VERSION,
      }),
    );
    const client = new HttpClient(pyroshell.addresses[0] ?? '');
    stack.defer(() => client[Symbol.dispose]());
    const waiting: Target['waiting'] = () =>
      engine.pools().pool_status[language.id]?.vms.filter((vm) => vm.language_version === version.version) ??
      [];
    const target: Target = {
      origin,
      engine,
      waiting,
      run: async (program, signal) => {
        const body = {
          code: PROGRAMS[language.id]?.[program],
          language: language.id,
          language_version: version.version,
          timeout_ms: PROGRAM_TIMEOUT_MS,
        };
        return requestRun(client, body, signal);
      },
      settled: async () =>
        settle(() => {
          if (origin === 'booted') return true;
          const templates = Object.values(engine.pools().templates);
          if (templates.some((state) => state === 'loading' || state === 'building')) return false;
          if (!templates.includes('ready'))
            throw new TvmError('host_unready', `${runtime} has no template, so no clones can be measured`);
          return origin === 'restored' || waiting().length >= POOL_SIZE;
        }, signal),
      [Symbol.asyncDispose]: async () => stack.dispose(),
    };
    await prepare(target, signal);
    return target;
  } catch (error) {
    await stack.dispose();
    throw error;
  }
}

/** A first request brings template and pool about; a second one leaves no code of ours to be compiled. */
async function prepare(target: Target, signal: AbortSignal): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await target.run('hello', signal).then(mustBeRight);
    await target.settled();
  }
}

async function settle(isSettled: () => boolean, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  while (!isSettled()) {
    if (performance.now() > deadline) throw new TvmError('internal', 'machines are not ready in time');
    await sleep(SETTLE_INTERVAL_MS, undefined, { signal });
  }
}

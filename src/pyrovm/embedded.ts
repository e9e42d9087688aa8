import { availableParallelism } from 'node:os';
import type { Config } from '../config/load.ts';
import type { Settings } from '../config/schema.ts';
import { TvmError } from '../errors.ts';
import { ensureBootArtefacts } from '../images/boot-artefacts.ts';
import { sourcesOf } from '../images/build-options.ts';
import { InstalledImages } from '../images/installed.ts';
import type { Logger } from '../observability/log.ts';
import { DisposeStack } from '../sys/dispose.ts';
import { readMemoryRoom } from '../sys/memory-pressure.ts';
import { Engine } from './engine/engine.ts';
import { registerInstance, sweepDeadInstances } from './instance.ts';
import type { Instance } from './instance.ts';
import type { PoolLimits } from './pool/supply.ts';
import { ensureQemuInstall } from './vmm/qemu/install.ts';
import { selectDriver } from './vmm/select.ts';

export interface EmbeddedOptions {
  readonly config: Config;
  /** Whether many executions will come: templates are made and machines kept ready. */
  readonly service: boolean;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** The engine in this process. It refuses executions until {@link prove} has settled. */
export interface EmbeddedEngine {
  readonly engine: Engine;
  /**
   * Makes what microVMs boot from and finds a monitor that really boots one.
   * @throws TvmError `host_unready` when none does
   */
  prove(): Promise<void>;
  /** Lets executions end within `graceMs`, kills the rest, and leaves nothing behind. */
  stop(graceMs: number): Promise<void>;
}

/** Makes an engine, after sweeping what dead TVM processes of this user left. */
export async function makeEmbeddedEngine(options: EmbeddedOptions): Promise<EmbeddedEngine> {
  const { config, logger, signal, progress } = options;
  const { settings, paths } = config;
  await sweepDeadInstances(paths, logger);
  const stack = new DisposeStack();
  const instance = stack.use(await registerInstance(paths));
  const engine = makeEngine(options, instance);
  return {
    engine,
    async prove() {
      const build = { signal, progress, sources: sourcesOf(settings) };
      const [boot, install] = await Promise.all([
        ensureBootArtefacts(paths, build),
        ensureQemuInstall(config, build),
      ]);
      const { driver, probes } = await selectDriver({
        settings,
        paths,
        instance,
        boot,
        install,
        logger,
        signal,
        progress,
      });
      if (!driver) {
        const reasons = Object.entries(probes).map(
          ([accelerator, probe]) => `${accelerator}: ${probe.works ? 'works' : probe.reason}`,
        );
        throw new TvmError('host_unready', `no microVM boots on this host: ${reasons.join('; ')}`);
      }
      engine.ready(driver, boot);
    },
    async stop(graceMs) {
      await engine.stop(graceMs);
      await stack.dispose();
    },
  };
}

function makeEngine({ config, logger, service }: EmbeddedOptions, instance: Instance): Engine {
  const { settings, paths } = config;
  return new Engine({
    instance,
    images: new InstalledImages(paths),
    logger,
    capacity: settings.max_concurrency ?? availableParallelism(),
    queueCapacity: settings.queue_size,
    queueTimeoutMs: settings.queue_timeout_ms,
    bootTimeoutMs: settings.boot_timeout_ms,
    templates:
      settings.templates === 'on'
        ? { folder: paths.templatesDir, pool: poolLimits(settings, service), make: service }
        : undefined,
    prewarm: settings.prewarm,
    stageLimits: { outputBytes: settings.output_limit_bytes, maxProcesses: settings.max_processes },
  });
}

function poolLimits(settings: Settings, service: boolean): PoolLimits {
  return {
    min: service ? settings.pool_min : 0,
    max: service ? settings.pool_max : 0,
    cpus: availableParallelism(),
    memory: () => readMemoryRoom(),
  };
}

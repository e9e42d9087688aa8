import type { Config } from './config/load.ts';
import type { Logs } from './observability/log.ts';
import { isLoopback, refuseExposed } from './pyroshell/access/exposure.ts';
import { KeyRing } from './pyroshell/access/key-ring.ts';
import { startPyroshell } from './pyroshell/http/server.ts';
import { makeEmbeddedEngine } from './pyrovm/embedded.ts';
import type { ExecutionInput, ExecutionResult } from './pyrovm/engine/execution.ts';
import { VERSION } from './version.ts';

/** A running TVM: engine and listeners. */
export interface Service {
  /** Base URLs, the first is the API's main one. */
  readonly addresses: readonly string[];
  /** Stops accepting, lets running executions end within the grace period, then kills what is left. Idempotent. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Config;
  readonly logs: Logs;
  /** Aborts the start. */
  readonly signal: AbortSignal;
  /** Called with a short line when a step of the start begins. */
  readonly progress: (text: string) => void;
}

/**
 * Starts TVM in this process and returns when it listens and a virtual machine monitor is proven. It listens first, and
 * answers 503 until then.
 * @throws TvmError `config_invalid` for API keys that cannot be read, and when other machines could use TVM without one;
 *   `host_unready` for a busy port, a folder that cannot be written, or no monitor that works.
 */
export async function startService({ config, logs, signal, progress }: ServiceOptions): Promise<Service> {
  const { settings, paths } = config;
  const logger = logs.component('tvm');
  const keys = new KeyRing(paths.keysFile, logs.component('api'));
  refuseExposed(settings, keys.size);
  if (!isLoopback(settings.host) && !keys.required) {
    logger.warn({ host: settings.host }, 'no API key is needed: anyone who reaches the port may run code');
  }
  const embedded = await makeEmbeddedEngine({ config, service: true, logger, signal, progress });
  const { engine } = embedded;
  try {
    const pyroshell = await startPyroshell({
      settings,
      keys,
      executor: engine,
      logger: logs.component('api'),
      version: VERSION,
    });
    let closing: Promise<void> | undefined;
    const close = async (graceMs: number): Promise<void> => {
      closing ??= Promise.all([pyroshell.close(), embedded.stop(graceMs)]).then(() => {
        logger.info('stopped');
      });
      return closing;
    };
    try {
      await embedded.prove();
    } catch (error) {
      await close(0);
      throw error;
    }
    await engine.prepareInstalled();
    logger.info({ version: VERSION, addresses: pyroshell.addresses, ...engine.state() }, 'started');
    return { addresses: pyroshell.addresses, close: async () => close(settings.shutdown_grace_ms) };
  } catch (error) {
    await embedded.stop(0);
    throw error;
  }
}

/**
 * Runs one program without a service, in this process.
 * @throws TvmError; the signal's reason on abort, with the VM gone
 */
export async function runOnce(
  config: Config,
  input: ExecutionInput,
  { logs, signal }: { readonly logs: Logs; readonly signal: AbortSignal },
): Promise<ExecutionResult> {
  const logger = logs.component('tvm');
  const embedded = await makeEmbeddedEngine({
    config,
    service: false,
    logger,
    signal,
    progress: () => {},
  });
  try {
    await embedded.prove();
    return await embedded.engine.execute(input, { signal });
  } finally {
    await embedded.stop(0);
  }
}

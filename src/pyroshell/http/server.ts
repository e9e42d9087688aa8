import { randomUUID } from 'node:crypto';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Settings } from '../../config/schema.ts';
import type { Logger } from '../../observability/log.ts';
import { GatewayMetrics } from '../../observability/metrics.ts';
import type { Executor } from '../../pyrovm/engine/execution.ts';
import { REQUEST_LIMITS } from '../contract.ts';
import { ClientLimits } from '../access/client-limits.ts';
import type { LimitSettings } from '../access/client-limits.ts';
import type { Keys } from '../access/key-ring.ts';
import { admit } from './access.ts';
import { parseJson } from './body.ts';
import { refuseUnknown } from './endpoints.ts';
import { replyWithError } from './error-mapper.ts';
import { beginExchange } from './exchange.ts';
import { addExecuteRoutes } from './execute.ts';
import { addHealthRoutes } from './health.ts';
import { makeHostGuard } from './host-guard.ts';
import { addIndexRoute } from './index-page.ts';
import { openListeners } from './listeners.ts';
import type { Endpoint } from './listeners.ts';
import { addMetricsRoute } from './metrics.ts';
import { addPoolRoute } from './pools.ts';
import { addRuntimesRoute } from './runtimes.ts';

export interface PyroshellOptions {
  /** A port of 0 takes any free one. */
  readonly settings: LimitSettings &
    Pick<Settings, 'host' | 'port' | 'second_port' | 'security_level' | 'allowed_hosts'>;
  /** Who may use the API. */
  readonly keys: Keys;
  readonly executor: Executor;
  readonly logger: Logger;
  readonly version: string;
}

/** The running gateway; disposing of it is closing it. */
export interface Pyroshell extends AsyncDisposable {
  /** One URL for each port, for example http://localhost:8080. */
  readonly addresses: readonly string[];
  /**
   * Accepts nothing more and settles when the running requests have their replies; it never aborts them, which is for
   * the executor to do. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Serves the REST API on every address of the settings.
 * @throws TvmError `host_unready` naming the busy port and the setting that changes it.
 */
export async function startPyroshell(options: PyroshellOptions): Promise<Pyroshell> {
  const app = buildServer(options);
  await app.ready();
  const listeners = await openListeners(
    endpointsOf(options.settings),
    (request, response) => app.routing(request, response),
    options.logger,
  ).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing ??= listeners.close().then(async () => app.close());
    return closing;
  };
  return { addresses: listeners.addresses, close, [Symbol.asyncDispose]: close };
}

/** The API without a listener, for `inject()`. */
export function buildServer({
  settings,
  keys,
  executor,
  logger,
  version,
}: PyroshellOptions): FastifyInstance {
  const metrics = new GatewayMetrics();
  const limits = new ClientLimits(settings);
  const guardHost = makeHostGuard(settings);
  const app = fastify({
    bodyLimit: REQUEST_LIMITS.body_bytes,
    genReqId: () => randomUUID(),
    // Faults that Fastify finds before any hook runs, such as a path that cannot be decoded.
    frameworkErrors: (error, request, reply) => {
      beginExchange(request, reply, { logger, metrics });
      replyWithError(error, request, reply, logger);
    },
  });

  app.addHook('onRequest', async (request, reply) => {
    beginExchange(request, reply, { logger, metrics });
    guardHost(request);
    admit(request, keys, limits);
    if (request.is404) refuseUnknown(request, reply);
  });
  app.addHook('onSend', async (request, _reply, payload) => {
    if (typeof payload === 'string' && request.method !== 'HEAD') {
      request.exchange.bytesOut = Buffer.byteLength(payload);
    }
  });
  app.setErrorHandler((error, request, reply) => replyWithError(error, request, reply, logger));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    request.exchange.bytesIn = body.length;
    return parseJson(body);
  });

  addExecuteRoutes(app, executor, limits);
  addHealthRoutes(app, { executor, securityLevel: settings.security_level, version });
  addRuntimesRoute(app, executor);
  addPoolRoute(app, executor);
  addMetricsRoute(app, executor, metrics);
  addIndexRoute(app, executor, version);
  return app;
}

/** A second port equal to the first asks for nothing more. */
function endpointsOf({ host, port, second_port: second }: PyroshellOptions['settings']): Endpoint[] {
  const endpoints: Endpoint[] = [{ host, port, setting: 'port' }];
  if (second !== 'off' && (second !== port || second === 0))
    endpoints.push({ host, port: second, setting: 'second_port' });
  return endpoints;
}

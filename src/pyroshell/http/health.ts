import type { FastifyInstance } from 'fastify';
import type { Settings } from '../../config/schema.ts';
import type { Executor, ExecutorState } from '../../pyrovm/engine/execution.ts';

export interface HealthOptions {
  readonly executor: Pick<Executor, 'state' | 'installedRuntimes'>;
  readonly securityLevel: Settings['security_level'];
  readonly version: string;
}

const STATUS = {
  starting: 'starting',
  ready: 'healthy',
  failed: 'unhealthy',
  stopping: 'stopping',
} as const satisfies Record<ExecutorState['state'], string>;

/**
 * `GET /api/health` and `GET /health`: 200 when code can run, else 503. They need no key, for probes have none; without
 * a valid one, where keys are used, they tell the status alone.
 */
export function addHealthRoutes(app: FastifyInstance, options: HealthOptions): void {
  app.get('/api/health', async (request, reply) => {
    const { isTrusted } = request.exchange;
    const runtimes = isTrusted ? await options.executor.installedRuntimes() : [];
    const state = options.executor.state();
    reply.code(httpStatus(state));
    if (!isTrusted) return { status: STATUS[state.state] };
    return apiHealth(state, runtimes, options.version);
  });
  app.get('/health', async (request, reply) => {
    const state = options.executor.state();
    reply.code(httpStatus(state));
    if (!request.exchange.isTrusted) return { status: STATUS[state.state] };
    return health(state, options);
  });
}

function httpStatus(state: ExecutorState): number {
  return state.state === 'ready' ? 200 : 503;
}

function apiHealth(state: ExecutorState, runtimes: readonly string[], version: string) {
  const info = infoOf(state);
  return {
    status: STATUS[state.state],
    version,
    // In the embedded topology there is none of the three, and that is no fault.
    lima_status: 'NotUsed',
    kubernetes_status: 'NotUsed',
    istio_status: 'NotUsed',
    execution_method: info?.name ?? null,
    accelerator: info?.accelerator ?? null,
    isolation: info?.isolation ?? null,
    jail: info?.jail ?? null,
    runtimes,
    ...(state.state === 'failed' ? { reason: state.reason } : {}),
  };
}

function health(state: ExecutorState, options: HealthOptions) {
  const info = infoOf(state);
  return {
    status: STATUS[state.state],
    firecracker_available: info?.name === 'firecracker',
    execution_method: info?.name ?? 'none',
    security_level: options.securityLevel,
    accelerator: info?.accelerator ?? null,
    isolation: info?.isolation ?? null,
    version: options.version,
  };
}

function infoOf(state: ExecutorState) {
  return state.state === 'ready' ? state.info : undefined;
}

import type { FastifyInstance } from 'fastify';
import { METRICS_CONTENT_TYPE } from '../../observability/metrics.ts';
import type { GatewayMetrics } from '../../observability/metrics.ts';
import type { Executor } from '../../pyrovm/engine/execution.ts';

/** `GET /metrics`: what the executor counts, then what the gateway and the process do. */
export function addMetricsRoute(
  app: FastifyInstance,
  executor: Pick<Executor, 'metrics'>,
  gateway: GatewayMetrics,
): void {
  app.get('/metrics', async (_request, reply) => {
    reply.type(METRICS_CONTENT_TYPE);
    return `${await executor.metrics()}${await gateway.text()}`;
  });
}

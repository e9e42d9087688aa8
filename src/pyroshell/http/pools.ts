import type { FastifyInstance } from 'fastify';
import type { Executor } from '../../pyrovm/engine/execution.ts';

/** `GET /debug/vm-pools`. */
export function addPoolRoute(app: FastifyInstance, executor: Pick<Executor, 'pools'>): void {
  app.get('/debug/vm-pools', async () => ({ success: true, data: executor.pools() }));
}

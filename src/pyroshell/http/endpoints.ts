import type { FastifyReply, FastifyRequest } from 'fastify';
import { TvmError } from '../../errors.ts';

/** Every endpoint, as `GET /` lists them; HEAD works where GET does. */
export const ENDPOINTS = [
  { method: 'POST', path: '/api/execute', description: 'Execute code in an isolated environment' },
  { method: 'GET', path: '/api/runtimes', description: 'Languages, versions, their state and limits' },
  { method: 'GET', path: '/api/health', description: 'Check the health of the TVM system' },
  { method: 'POST', path: '/execute', description: 'Execute code (Code Execution API)' },
  { method: 'GET', path: '/health', description: 'Health and execution method (Code Execution API)' },
  { method: 'GET', path: '/debug/vm-pools', description: 'VM pool statistics and monitoring information' },
  { method: 'GET', path: '/metrics', description: 'Metrics for Prometheus' },
  { method: 'GET', path: '/', description: 'API information and available endpoints' },
] as const;

const LONGEST_PATH = 200;

/**
 * Refuses a request that no endpoint serves.
 * @throws TvmError `method_not_allowed` (with the Allow header set on `reply`) or `not_found`.
 */
export function refuseUnknown(request: FastifyRequest, reply: FastifyReply): never {
  const path = request.url.split('?', 1)[0] ?? '';
  const known = ENDPOINTS.find((endpoint) => endpoint.path === path);
  const shown = path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path;
  if (!known) throw new TvmError('not_found', `${request.method} ${shown}: no such endpoint`);
  const allowed = known.method === 'GET' ? 'GET, HEAD' : known.method;
  reply.header('allow', allowed);
  throw new TvmError('method_not_allowed', `${request.method} ${shown}: method not allowed; use ${allowed}`);
}

import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { TvmError } from '../../errors.ts';
import type { ClientLimits } from '../access/client-limits.ts';
import type { Keys } from '../access/key-ring.ts';
import { clientOf } from './client-address.ts';

/** Open to all, for probes; to a stranger they tell less ({@link addHealthRoutes}). */
const OPEN: ReadonlySet<string | undefined> = new Set(['/health', '/api/health']);

/**
 * Finds out who sends a request, and lets it in or not. What is not known to be open is closed. A request without a valid
 * key counts for its address, so that guessing has a rate, too.
 * @throws TvmError `rate_limited`, `unauthenticated`
 */
export function admit(request: FastifyRequest, keys: Keys, limits: ClientLimits): void {
  const { exchange } = request;
  const presented = presentedKey(request.headers);
  const name = presented === undefined ? undefined : keys.nameOf(presented);
  exchange.key = name ?? null;
  exchange.client =
    name === undefined ? (clientOf(request.raw.socket.remoteAddress) ?? 'unknown') : `key:${name}`;
  exchange.isTrusted = name !== undefined || !keys.required;
  if (OPEN.has(request.routeOptions.url)) return;
  limits.countRequest(exchange.client);
  if (exchange.isTrusted) return;
  throw new TvmError(
    'unauthenticated',
    presented === undefined
      ? 'authorization: an API key is required, as "Authorization: Bearer KEY" or "X-API-Key: KEY"'
      : 'authorization: the API key is not valid',
  );
}

/** A bearer token counts before X-API-Key; other schemes of Authorization are for others, such as a proxy. */
function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer +(.*)$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['x-api-key'];
  return bearer ?? (Array.isArray(key) ? key.join(', ') : key);
}

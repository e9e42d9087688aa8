import type { FastifyReply, FastifyRequest } from 'fastify';
import { TvmError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import type { GatewayMetrics } from '../../observability/metrics.ts';
import type { ExecutionStatus } from '../../pyrovm/engine/execution.ts';

/** What is known of one request while it is served, and logged when it has ended. */
export interface Exchange {
  /** Our own UUID, also the id of the execution. */
  readonly requestId: string;
  /** Name of the API key, if it came with a valid one. */
  key: string | null;
  /** Who asks, for limits and turns: `key:` and that name, or an address as {@link clientOf} has it. */
  client: string;
  /** Whether it came with a valid key, or none is needed. */
  isTrusted: boolean;
  /** Held by a request for an execution until that has begun; given back when the exchange ends before. */
  place: Disposable | undefined;
  /** Aborts with `client_closed_request` when the client went away before its reply was sent. */
  readonly signal: AbortSignal;
  bytesIn: number;
  bytesOut: number;
  /** Canonical id only: what a client wrote there could be anything. */
  language: string | null;
  executionStatus: ExecutionStatus | null;
  errorCode: ErrorCode | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange;
  }
}

const CLIENT_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** Begins an exchange: sets the headers of every reply, and sees to the log line and the metrics at its end. */
export function beginExchange(
  request: FastifyRequest,
  reply: FastifyReply,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: GatewayMetrics },
): Exchange {
  const startedAt = performance.now();
  const given = request.headers['x-request-id'];
  const clientId = typeof given === 'string' && CLIENT_ID.test(given) ? given : null;
  const exchange: Exchange = {
    requestId: request.id,
    key: null,
    client: 'unknown',
    isTrusted: false,
    place: undefined,
    signal: onceEnded(request, reply, (finished) => {
      exchange.place?.[Symbol.dispose]();
      const { method } = request;
      const route = request.routeOptions.url ?? null;
      const status = finished ? reply.raw.statusCode : 499;
      const ms = performance.now() - startedAt;
      const errorCode = finished ? exchange.errorCode : 'client_closed_request';
      metrics.ended({ method, route, status, ms, errorCode });
      logger.info(
        {
          request_id: request.id,
          client_request_id: clientId,
          key: exchange.key,
          method,
          route,
          status,
          duration_ms: Math.round(ms * 1000) / 1000,
          bytes_in: exchange.bytesIn,
          bytes_out: finished ? exchange.bytesOut : 0,
          language: exchange.language,
          execution_status: exchange.executionStatus,
          error_code: errorCode,
        },
        'request',
      );
    }),
    bytesIn: 0,
    bytesOut: 0,
    language: null,
    executionStatus: null,
    errorCode: null,
  };
  request.exchange = exchange;
  reply.headers({
    'x-request-id': clientId ?? request.id,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  return exchange;
}

/**
 * Calls `ended` once: with true when the reply has been sent, with false when the client went away before.
 * Fastify's own `request.signal` is no help: in 5.12.8 it aborts as soon as a POST body is read. A pipelined reply that
 * waits for its turn hears nothing of its connection, so the socket is listened to as well.
 */
function onceEnded(
  request: FastifyRequest,
  reply: FastifyReply,
  ended: (finished: boolean) => void,
): AbortSignal {
  const gone = new AbortController();
  const socket = request.raw.socket;
  let settled = false;
  const settle = (finished: boolean): void => {
    if (settled) return;
    settled = true;
    socket.off('close', onClose);
    ended(finished);
    if (!finished) gone.abort(new TvmError('client_closed_request', 'the client closed the connection'));
  };
  // Node calls a reply finished, too, when its connection broke before the last byte was written.
  const onFinish = (): void => settle(!socket.destroyed);
  const onClose = (): void => settle(false);
  socket.once('close', onClose);
  reply.raw.once('close', onClose).once('finish', onFinish);
  return gone.signal;
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { TvmError, toTvmError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import { REQUEST_LIMITS } from '../contract.ts';

/** Body of every error. */
export interface ErrorBody {
  readonly detail: string;
  readonly code: ErrorCode;
  readonly request_id: string;
}

/** For the statuses of Fastify's own errors; the rest are faults of ours. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  404: 'not_found',
  405: 'method_not_allowed',
  414: 'invalid_request',
  415: 'unsupported_media_type',
  503: 'stopping',
};

/** Answers with an error from anything thrown; nothing is sent to a client that went away. */
export function replyWithError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): void {
  const { exchange } = request;
  if (isCutOff(thrown, request)) {
    leave(reply);
    return;
  }
  const error = toCatalogue(thrown);
  exchange.errorCode = error.code;
  logFault(error, exchange.requestId, logger);
  if (exchange.signal.aborted) {
    leave(reply);
    return;
  }
  reply.headers(headersOf(error));
  // Fastify would cut a connection whose body it refused, and a client that still sends would never read why. Left
  // open, Node discards the rest of the body within its request time-out.
  reply.removeHeader('connection');
  const body: ErrorBody = { detail: error.message, code: error.code, request_id: exchange.requestId };
  reply.code(error.httpStatus).send(body);
}

/** What the status of an error asks for beside its body. */
export function headersOf({ httpStatus, retryAfterSeconds }: TvmError): Record<string, string> {
  if (httpStatus === 401) return { 'www-authenticate': 'Bearer realm="tvm"' };
  if (httpStatus !== 503 && httpStatus !== 429) return {};
  return { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds ?? 1))) };
}

/** The one place where errors of Fastify and Node become ours. */
export function toCatalogue(thrown: unknown): TvmError {
  if (thrown instanceof TvmError || !(thrown instanceof Error)) return toTvmError(thrown);
  const { code, statusCode } = thrown as { readonly code?: unknown; readonly statusCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('FST_')) return toTvmError(thrown);
  if (code === 'FST_ERR_BAD_URL') return new TvmError('invalid_request', 'url: not a valid path');
  if (statusCode === 413) {
    const most = REQUEST_LIMITS.body_bytes.toLocaleString('en-US');
    return new TvmError('body_too_large', `body: must be at most ${most} bytes`);
  }
  const ours = CODE_OF_STATUS[Number(statusCode)];
  return ours === undefined ? toTvmError(thrown) : new TvmError(ours, thrown.message);
}

/** The client left in the middle of its body. A reset that the executor reports is another matter. */
function isCutOff(thrown: unknown, request: FastifyRequest): boolean {
  return request.body === undefined && (thrown as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET';
}

function leave(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.destroy();
}

/** The request's own line has the code already; a fault of ours needs its reason in the log as well. */
function logFault(error: TvmError, requestId: string, logger: Logger): void {
  const { cause } = error;
  if (cause === undefined && error.httpStatus !== 500) return;
  const facts = {
    request_id: requestId,
    error_code: error.code,
    error: error.message,
    context: error.context,
    cause: cause === undefined ? undefined : causeFacts(cause),
  };
  logger[error.httpStatus === 500 ? 'error' : 'warn'](facts, 'request failed');
}

function causeFacts(cause: unknown) {
  return cause instanceof Error ? { message: cause.message, stack: cause.stack } : { message: String(cause) };
}

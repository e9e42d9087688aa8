import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TvmError } from '../../errors.ts';
import { headersOf } from './error-mapper.ts';
import type { ErrorBody } from './error-mapper.ts';

interface RawReply {
  readonly requestId: string;
  readonly head: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers an error on a connection whose bytes were no HTTP request, and closes it. Returns the request's id. */
export function refuseConnection(socket: Socket, error: TvmError): string {
  const { requestId, head, body } = rawReply(error);
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `HTTP/1.1 ${error.httpStatus} ${STATUS_CODES[error.httpStatus]}\r\n${lines.join('')}\r\n${body}`,
  );
  socket.destroySoon();
  return requestId;
}

/** Answers an error to a request that is not handed to Fastify, and closes its connection. Returns the request's id. */
export function refuseRequest(response: ServerResponse, error: TvmError): string {
  const { requestId, head, body } = rawReply(error);
  response.writeHead(error.httpStatus, head).end(body);
  return requestId;
}

/** What a client error event of node:http means to the client. */
export function describeClientError(code: string | undefined): TvmError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new TvmError('invalid_request', 'the request did not arrive in time');
  if (code === 'HPE_HEADER_OVERFLOW') return new TvmError('invalid_request', 'the headers are too large');
  return new TvmError('invalid_request', 'not a valid HTTP request');
}

function rawReply(error: TvmError): RawReply {
  const requestId = randomUUID();
  const content: ErrorBody = { detail: error.message, code: error.code, request_id: requestId };
  const body = JSON.stringify(content);
  const head: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    connection: 'close',
    ...headersOf(error),
  };
  return { requestId, head, body };
}

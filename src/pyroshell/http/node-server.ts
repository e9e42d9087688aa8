import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { TvmError } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import { Connections } from './connections.ts';
import type { Patience } from './connections.ts';
import { mostConnections } from './descriptors.ts';
import { describeClientError, refuseConnection, refuseRequest } from './raw-reply.ts';

/** One bound address. */
export interface NodeServer {
  /** The real port. */
  readonly port: number;
  /** Accepts nothing more; settles when the running requests have their replies, or their clients do not read them. */
  close(): Promise<void>;
}

/** Times in ms. Those of headers and request bound their receipt only, not the execution. */
const OPTIONS = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5000,
  keepAliveTimeout: 65_000,
  // TCP probes find a client that vanished without a word while its program runs.
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
  // Node's own reply to a missing Host header has no body; the host guard answers instead.
  requireHostHeader: false,
} as const;

/** What tests make smaller. */
export interface ServerBounds {
  readonly patience: Patience;
  /** Open connections; Node closes those beyond at once. Without it every connection costs a file descriptor of ours. */
  readonly connections: number;
}

/** `tvm stop` is less patient: it kills a process that has not ended 5 s after its grace period, by default 10 s. */
const PATIENCE: Patience = { stalled: 5000, total: 60_000 };

/** Least time between two log lines about connections that cannot be served, in ms. */
const COMPLAINT_INTERVAL_MS = 10_000;

/** Client errors that only say that the client ended the connection, within a request or not. */
const GONE: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'HPE_INVALID_EOF_STATE']);

/**
 * Binds one address, a port of 0 to any free one.
 * @throws the errno error of listen(2), or of the look-up of the host.
 */
export async function bindServer(
  address: { readonly host: string; readonly port: number },
  handler: RequestListener,
  logger: Logger,
  bounds: ServerBounds = { patience: PATIENCE, connections: mostConnections() },
): Promise<NodeServer> {
  const server = createServer(OPTIONS);
  server.maxConnections = bounds.connections;
  const connections = new Connections(server);
  const refuse = (response: ServerResponse, error: TvmError): void => {
    logRefusal(logger, error, refuseRequest(response, error));
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    connections.add(request, response);
    if (connections.draining) refuse(response, new TvmError('stopping', 'the server is stopping'));
    else handler(request, response);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    connections.add(request, response);
    refuse(response, new TvmError('invalid_request', 'expect: only 100-continue is supported'));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const isGone = !socket.writable || GONE.has(error.code);
    const refusal = describeClientError(error.code);
    const halfReceived = connections.halfReceived(socket);
    if (!isGone && halfReceived) refuseRequest(halfReceived, refusal);
    else if (isGone || !connections.isIdle(socket)) socket.destroy();
    else logRefusal(logger, refusal, refuseConnection(socket, refusal), error.code);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => resolve());
  });
  const complain = seldom((error: string) => logger.error({ error }, 'cannot accept connections'));
  // Running out of file descriptors is reported here, and would end the process if nobody listened.
  server.on('error', (error) => complain(error.message));
  server.on('drop', () => complain(`${bounds.connections} connections are open, which is the most`));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () =>
      new Promise((resolve) => {
        // The close of node:http first cuts every connection whose reply is complete, read or not.
        NetServer.prototype.close.call(server, () => {
          // Nothing is left to cut: this ends Node's timer that looks for late requests.
          server.close();
          resolve();
        });
        connections.drain(bounds.patience);
      }),
  };
}

/** Lets calls through at most once in {@link COMPLAINT_INTERVAL_MS}: a flood of faults must not flood the log. */
function seldom(complain: (error: string) => void): (error: string) => void {
  let lastAt = -Infinity;
  return (error) => {
    const now = performance.now();
    if (now - lastAt < COMPLAINT_INTERVAL_MS) return;
    lastAt = now;
    complain(error);
  };
}

function logRefusal(logger: Logger, error: TvmError, requestId: string, reason?: string): void {
  const facts = { request_id: requestId, status: error.httpStatus, error_code: error.code, reason };
  logger.info(facts, 'request refused');
}

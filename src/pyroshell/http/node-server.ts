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

/** How long one connection may keep what it holds, in ms. */
export interface ListenerTimes {
  /** For a connection's next headers, once they have begun, and for the first ones from the start. */
  readonly headersTimeout: number;
  /** For headers and body. The execution comes after that. */
  readonly requestTimeout: number;
  /** How often these two are looked at. */
  readonly connectionsCheckingInterval: number;
  /** Between two requests. */
  readonly keepAliveTimeout: number;
  /** While it takes nothing of a reply that is complete. */
  readonly unreadTimeout: number;
}

const TIMES: ListenerTimes = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5000,
  keepAliveTimeout: 65_000,
  unreadTimeout: 60_000,
};

const OPTIONS = {
  // Of request line and headers together, in bytes; Node's own default may be changed from outside.
  maxHeaderSize: 16_384,
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
  readonly times?: Partial<ListenerTimes>;
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
  const times = { ...TIMES, ...bounds.times };
  const server = createServer({ ...OPTIONS, ...times });
  server.maxConnections = bounds.connections;
  const connections = new Connections(server);
  const refuse = (response: ServerResponse, error: TvmError): void => {
    logRefusal(logger, error, refuseRequest(response, error));
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    connections.add(request, response);
    boundReading(response, request.socket, connections, times.unreadTimeout);
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

/**
 * Cuts a client that stops taking its reply: from the reply's end to its last byte nothing else is waited for. A
 * connection that is then idle gets its time from Node; one with a program still running must have none.
 */
function boundReading(
  response: ServerResponse,
  socket: Socket,
  connections: Connections,
  unreadTimeout: number,
): void {
  response.once('prefinish', () => socket.setTimeout(unreadTimeout));
  response.once('finish', () => {
    const next = connections.after(response, socket);
    if (next && !next.writableEnded) socket.setTimeout(0);
  });
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

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request whose reply is not sent yet. */
interface Running {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * The open connections of a server and what runs on each, so that closing can tell a running request, which may
 * finish, from a connection that is only kept open. Node's own `closeIdleConnections` spares those that never sent
 * anything.
 */
export class Connections {
  readonly #running = new Map<Socket, Set<Running>>();
  #draining = false;

  constructor(server: Server) {
    server.on('connection', (socket) => {
      // Each pipelined request listens to its connection.
      socket.setMaxListeners(0);
      this.#running.set(socket, new Set());
      socket.once('close', () => this.#running.delete(socket));
    });
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Counts a request until its reply is sent or its connection is gone. */
  add(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const entry = { request, response };
    this.#running.get(socket)?.add(entry);
    response.once('close', () => {
      const rest = this.#running.get(socket);
      rest?.delete(entry);
      if (this.#draining && rest?.size === 0) socket.destroySoon();
    });
  }

  /** True when no request runs on the connection, so that bytes written now are not taken for its reply. */
  isIdle(socket: Socket): boolean {
    return !this.#running.get(socket)?.size;
  }

  /** The reply to the request that is still arriving, if it is the only one on its connection. */
  halfReceived(socket: Socket): ServerResponse | undefined {
    const [first, second] = this.#running.get(socket) ?? [];
    return first && !second && isHalfReceived(first) ? first.response : undefined;
  }

  /** Ends every connection: at once where no complete request runs, else when its last reply is sent. */
  drain(): void {
    this.#draining = true;
    for (const [socket, running] of this.#running) {
      if ([...running].every(isHalfReceived)) socket.destroy();
      for (const { response } of running)
        if (!response.headersSent) response.setHeader('connection', 'close');
    }
  }
}

function isHalfReceived({ request, response }: Running): boolean {
  return !request.complete && !response.headersSent;
}

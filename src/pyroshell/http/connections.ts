import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request whose reply is not sent yet. */
interface Running {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** How long closing waits for a client to read replies that are complete, in ms. */
export interface Patience {
  /** While it reads nothing; it is cut off after once to twice as long. */
  readonly stalled: number;
  /** Though it reads on. */
  readonly total: number;
}

/**
 * The open connections of a server and what runs on each, so that closing can tell a running request, which may
 * finish, from a connection that is only kept open. Node's own `closeIdleConnections` spares those that never sent
 * anything, and cuts a reply that is complete but not yet read.
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
      if (this.#draining && rest && completeOf(rest).length === 0) socket.destroySoon();
    });
  }

  /** True when no request runs on the connection, so that bytes written now are not taken for its reply. */
  isIdle(socket: Socket): boolean {
    return !this.#running.get(socket)?.size;
  }

  /** The oldest reply on the connection but for `response`. */
  after(response: ServerResponse, socket: Socket): ServerResponse | undefined {
    for (const running of this.#running.get(socket) ?? []) {
      if (running.response !== response) return running.response;
    }
    return undefined;
  }

  /** The reply to the request that is still arriving, if it is the only one on its connection. */
  halfReceived(socket: Socket): ServerResponse | undefined {
    const [first, second] = this.#running.get(socket) ?? [];
    return first && !second && isHalfReceived(first) ? first.response : undefined;
  }

  /** Ends every connection: at once where no complete request runs, else when its last reply is with the kernel. */
  drain(patience: Patience): void {
    if (this.#draining) return;
    this.#draining = true;
    for (const [socket, running] of this.#running) {
      const last = completeOf(running).at(-1);
      if (last && !last.response.headersSent) last.response.setHeader('connection', 'close');
      // Bytes that are written already still leave.
      if (!last) socket.destroySoon();
    }
    this.#cutUnread(patience);
  }

  /** Cuts off, from now on, the clients that do not read their replies. */
  #cutUnread({ stalled, total }: Patience): void {
    const repliedAt = new Map<Socket, number>();
    const check = (): void => {
      if (this.#running.size === 0) clearInterval(timer);
      const now = performance.now();
      for (const [socket, running] of this.#running) {
        if (completeOf(running).some(({ response }) => !response.writableEnded)) continue;
        const since = repliedAt.get(socket);
        if (since === undefined) {
          repliedAt.set(socket, now);
          // Node's time-out of a socket begins anew whenever the kernel has taken a part of what is written: it does so in
          // steps of a megabyte or so, which a slow reader needs time for.
          socket.setTimeout(stalled, () => socket.destroy());
        } else if (now - since >= total) socket.destroy();
      }
    };
    const timer = setInterval(check, stalled / 10).unref();
    check();
  }
}

/** The requests that arrived in full, or whose reply has begun. */
function completeOf(running: Iterable<Running>): Running[] {
  return [...running].filter((each) => !isHalfReceived(each));
}

function isHalfReceived({ request, response }: Running): boolean {
  return !request.complete && !response.headersSent;
}

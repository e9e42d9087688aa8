import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';

export interface HttpReply {
  readonly status: number;
  /** Parsed JSON. */
  readonly body: unknown;
  /** From sending the request to having read the whole reply. */
  readonly ms: number;
}

/** A client that keeps its connections, as one that sends many requests does. */
export class HttpClient implements Disposable {
  // A limit would hold back requests of a burst in the client.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: Infinity });
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  /** @throws when there is no whole reply; on abort too, with the connection closed */
  async post(path: string, body: unknown, signal: AbortSignal): Promise<HttpReply> {
    const payload = Buffer.from(JSON.stringify(body));
    const startedAt = performance.now();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': payload.length };
      const sent = request(this.#base + path, { agent: this.#agent, method: 'POST', headers, signal });
      sent.on('response', resolve).on('error', reject).end(payload);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    const ms = performance.now() - startedAt;
    return { status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()), ms };
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { z } from 'zod';
import { errnoOf, messageOf, TvmError } from '../../../errors.ts';
import type { Logger } from '../../../observability/log.ts';
import type { ApiCall } from './calls.ts';
import { faultError } from './faults.ts';

/** Firecracker's answers are a line; it is not trusted further than that once a guest may own it. In bytes. */
const MAX_REPLY_BYTES = 64 * 1024;

/** Characters of a complaint that are kept. */
const MAX_FAULT_LENGTH = 1000;

/** Longest wait for a new process to answer, in ms, and how often it is asked. */
const START_TIMEOUT_MS = 15_000;
const START_POLL_MS = 1;

const versionSchema = z.looseObject({ firecracker_version: z.string() });
const faultSchema = z.looseObject({ fault_message: z.string() });

export interface ApiOptions {
  /** Path of the socket, at most 107 bytes. */
  readonly socket: string;
  readonly vmId: string;
  /** Hears every complaint of Firecracker. */
  readonly logger: Logger;
  /** The end of what the process wrote; in it are the last words of one that died. */
  readonly tail: () => string;
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

/**
 * Firecracker's API: HTTP/1.1 on a Unix socket, one call at a time; 204 is success, any other status comes with a
 * `fault_message`. What Firecracker complains of is logged and in the context of the error, never in its message.
 */
export class FirecrackerApi {
  readonly #client: Client;
  readonly #options: ApiOptions;
  #abandoned = false;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#client = new Client('http://localhost', {
      socketPath: options.socket,
      maxResponseSize: MAX_REPLY_BYTES,
    });
  }

  /**
   * Waits until a new process answers, and makes sure that it is of the version that it is thought to be.
   * @param isGone whether the process has ended
   * @throws TvmError `vm_failed`
   */
  async open(version: string, isGone: () => boolean): Promise<void> {
    const call = 'GET /version';
    const deadline = performance.now() + START_TIMEOUT_MS;
    let reply: Reply | undefined;
    while (reply === undefined) {
      try {
        reply = await this.#request('GET', '/version', undefined, START_TIMEOUT_MS);
      } catch (cause) {
        const notYet = ['ENOENT', 'ECONNREFUSED'].includes(errnoOf(cause) ?? '');
        if (!notYet || isGone() || performance.now() > deadline) throw this.#lost(call, cause);
        await sleep(START_POLL_MS);
      }
    }
    const body = reply.status === 200 ? versionSchema.safeParse(parseJson(reply.text)).data : undefined;
    if (!body) throw this.#refused(call, reply);
    // One that was built between releases says `1.17.0-dev`.
    if (body.firecracker_version.split('-')[0] !== version) {
      const message = `the Firecracker program was replaced: ${version} is now another version`;
      throw new TvmError('vm_failed', message, {
        context: { vm_id: this.#options.vmId, found: body.firecracker_version.slice(0, 50) },
      });
    }
  }

  /** Makes one call. @throws TvmError `vm_failed` or `host_unready` */
  async call({ method, path, body, timeoutMs }: ApiCall): Promise<void> {
    const call = `${method} ${path}`;
    const reply = await this.#request(method, path, body, timeoutMs).catch((cause: unknown) => {
      throw this.#lost(call, cause);
    });
    if (reply.status !== 204) throw this.#refused(call, reply);
  }

  /** From now on it is no fault when a call is not answered. */
  abandon(): void {
    this.#abandoned = true;
  }

  /** Ends the connection; calls under way fail. */
  async close(): Promise<void> {
    await this.#client.destroy();
  }

  async #request(
    method: ApiCall['method'] | 'GET',
    path: string,
    body: unknown,
    timeoutMs: number,
  ): Promise<Reply> {
    const response = await this.#client.request({
      method,
      path,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    return { status: response.statusCode, text: await response.body.text() };
  }

  /** There was no answer: the process died, hangs, or does not speak HTTP. */
  #lost(call: string, cause: unknown): TvmError {
    const tail = this.#options.tail();
    const context = { vm_id: this.#options.vmId, call, reason: messageOf(cause), tail };
    if (!this.#abandoned) this.#options.logger.warn(context, 'firecracker did not answer');
    return faultError('the VM process did not answer', tail, { cause, context });
  }

  #refused(call: string, { status, text }: Reply): TvmError {
    const fault = faultSchema.safeParse(parseJson(text)).data?.fault_message ?? text;
    const context = { vm_id: this.#options.vmId, call, status, fault: fault.slice(0, MAX_FAULT_LENGTH) };
    this.#options.logger.warn(context, 'firecracker refused a call');
    return faultError('the VM process refused its configuration', fault, { context });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

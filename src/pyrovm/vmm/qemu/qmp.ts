import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf, TvmError } from '../../../errors.ts';

/** A line of QMP is small; QEMU is not trusted further than that once a guest may own it. In bytes. */
const MAX_LINE_BYTES = 256 * 1024;

/** How often the state of a migration is asked for, in ms. */
const MIGRATION_POLL_MS = 1;

const replySchema = z.union([
  z.object({ return: z.unknown() }),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }) }),
]);
const migrationSchema = z.object({ status: z.string().optional(), 'error-desc': z.string().optional() });

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The QEMU Machine Protocol on a pair of pipes: one JSON object a line, replies in the order of the commands, events
 * between them (QEMU's docs/interop/qmp-spec). Every call rejects when QEMU is gone.
 */
export class QmpClient {
  readonly #output: Writable;
  readonly #pending: Pending[] = [];
  readonly #greeting: Promise<unknown>;
  #line = Buffer.alloc(0);
  #failure: Error | undefined;

  /** @param input QEMU's stdout @param output QEMU's stdin */
  constructor(input: Readable, output: Writable) {
    this.#output = output;
    this.#greeting = this.#expectReply();
    this.#greeting.catch(() => {});
    input.on('data', (chunk: Buffer) => this.#receive(chunk));
    input.on('close', () => this.#fail(new TvmError('vm_failed', 'QEMU is gone')));
    input.on('error', (cause) => this.#fail(new TvmError('vm_failed', 'the QMP pipe broke', { cause })));
  }

  /** Ends the negotiation; to be called once, before all else. */
  async open(): Promise<void> {
    await this.#greeting;
    await this.execute('qmp_capabilities');
  }

  /** Runs one command. @throws TvmError `vm_failed` with QEMU's description */
  async execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    const reply = this.#expectReply();
    this.#output.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    try {
      return await reply;
    } catch (error) {
      throw new TvmError('vm_failed', `QEMU refused ${command}: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Leaves RAM that lies in a file where it is: only device state travels in a migration. */
  async ignoreSharedMemory(): Promise<void> {
    const capabilities = [{ capability: 'x-ignore-shared', state: true }];
    await this.execute('migrate-set-capabilities', { capabilities });
  }

  /** Waits for the end of a migration, outgoing or incoming. @throws TvmError `vm_failed` */
  async migrationEnd(): Promise<void> {
    for (;;) {
      const reply = migrationSchema.safeParse(await this.execute('query-migrate'));
      if (!reply.success) throw new TvmError('vm_failed', 'QEMU sent an unexpected reply');
      const { status, 'error-desc': reason } = reply.data;
      if (status === 'completed') return;
      if (status === 'failed' || status === 'cancelled') {
        throw new TvmError('vm_failed', `migration ${status}${reason ? `: ${reason}` : ''}`);
      }
      await sleep(MIGRATION_POLL_MS);
    }
  }

  async #expectReply(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
    });
  }

  #receive(chunk: Buffer): void {
    // Nothing is kept of what comes after a failure: it may never end.
    if (this.#failure) return;
    this.#line = Buffer.concat([this.#line, chunk]);
    for (let end = this.#line.indexOf(10); end >= 0; end = this.#line.indexOf(10)) {
      const line = this.#line.subarray(0, end);
      this.#line = this.#line.subarray(end + 1);
      this.#handle(line.toString('utf8'));
    }
    if (this.#line.length > MAX_LINE_BYTES)
      this.#fail(new TvmError('vm_failed', 'QEMU sent too long a line'));
  }

  #handle(line: string): void {
    if (this.#failure || line.trim() === '') return;
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch (cause) {
      this.#fail(new TvmError('vm_failed', 'QEMU sent something that is not JSON', { cause }));
      return;
    }
    if (isObject(message) && 'event' in message) return;
    const pending = this.#pending.shift();
    if (isObject(message) && 'QMP' in message) {
      pending?.resolve(undefined);
      return;
    }
    const reply = replySchema.safeParse(message);
    if (!pending || !reply.success) {
      pending?.reject(new TvmError('vm_failed', 'QEMU sent an unexpected reply'));
      this.#fail(new TvmError('vm_failed', 'QEMU sent an unexpected reply'));
    } else if ('error' in reply.data) {
      pending.reject(new Error(reply.data.error.desc.slice(0, 500)));
    } else {
      pending.resolve(reply.data.return);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.splice(0)) reject(this.#failure);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

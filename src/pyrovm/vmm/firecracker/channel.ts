import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { connectToGuest } from './handshake.ts';
import type { GuestConnection } from './handshake.ts';

/** Pause after an attempt that failed, in ms: short at first, for a clone listens at once and a booting guest does not. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 20;

/** Bytes to the guest that are kept until it has answered: what a host says to a new guest is far less. */
const MAX_KEPT_BYTES = 256 * 1024;

export interface GuestChannelOptions {
  /** At most 107 bytes; it need not exist yet. */
  readonly socketPath: string;
  readonly port: number;
  /** Called once, when the guest has said its first word: from then on the socket's path is not needed. */
  readonly onHeard: () => void;
}

/**
 * The byte stream to the agent over vsock. It connects by itself, and again until the guest has said its first word: a
 * booting guest does not listen yet, and a clone's kernel resets the connections of the machine that was saved, which can
 * hit one that has just been made (before Firecracker 1.10 it learns only by the first packet that it is a clone). What was
 * written until then is written again. After the first word the end of the connection is the end of the stream.
 */
export class GuestChannel extends Duplex {
  readonly #options: GuestChannelOptions;
  #socket: Socket | undefined;
  #connected = false;
  #heard = false;
  /** Whether something that is not kept went out before the first word: then it cannot be said again. */
  #spilt = false;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  /** A write too large to be kept, until there is a connection. */
  #waiting: { readonly chunk: Buffer; readonly done: () => void } | undefined;

  constructor(options: GuestChannelOptions) {
    super({ allowHalfOpen: false });
    this.#options = options;
    // Who reads learns of a broken stream by its end.
    this.on('error', () => {});
    void this.#connect();
  }

  /** The VM is gone: what it said can still be read, then the stream ends. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#heard = true;
    // A connection ends by itself, after what is still in it.
    if (!this.#connected) this.#end();
  }

  override _read(): void {
    if (this.#connected) this.#socket?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const kept = !this.#heard && this.#keep(chunk);
    if (this.#connected) this.#send(chunk, kept, done);
    else if (kept || this.#ended) done();
    else this.#waiting = { chunk, done };
  }

  override _final(done: () => void): void {
    this.#socket?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    this.#waiting?.done();
    done(error);
  }

  async #connect(): Promise<void> {
    const { socketPath, port } = this.#options;
    try {
      const connection = await connectToGuest(socketPath, port, (socket) => {
        this.#socket = socket;
      });
      if (connection && !this.#ended && !this.destroyed) this.#use(connection);
      else this.#lost();
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #use({ socket, received }: GuestConnection): void {
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.once('close', () => this.#lost());
    this.#connected = true;
    for (const chunk of this.#kept) socket.write(chunk);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#send(waiting.chunk, false, waiting.done);
    if (received.length > 0) this.#receive(received);
    socket.resume();
  }

  #receive(chunk: Buffer): void {
    if (!this.#heard) {
      this.#heard = true;
      this.#kept = [];
      this.#options.onHeard();
    }
    if (!this.push(chunk)) this.#socket?.pause();
  }

  #lost(): void {
    this.#connected = false;
    if (this.#heard || this.#spilt) {
      this.#end();
      return;
    }
    if (this.destroyed) return;
    this.#timer = setTimeout(() => void this.#connect(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #keep(chunk: Buffer): boolean {
    if (this.#spilt || this.#keptBytes + chunk.length > MAX_KEPT_BYTES) return false;
    this.#keptBytes += chunk.length;
    this.#kept.push(chunk);
    return true;
  }

  #send(chunk: Buffer, kept: boolean, done: () => void): void {
    this.#spilt ||= !kept && !this.#heard;
    this.#socket?.write(chunk, () => done());
  }

  #end(): void {
    if (this.#ended || this.destroyed) return;
    this.#ended = true;
    this.#socket?.destroy();
    this.push(null);
    this.#waiting?.done();
    this.#waiting = undefined;
  }
}

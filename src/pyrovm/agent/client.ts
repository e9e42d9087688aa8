import type { Duplex } from 'node:stream';
import { FrameReader, ProtocolError } from './frames.ts';
import {
  decodeGuestMessage,
  encodeClock,
  encodeFile,
  encodeInit,
  encodePrepare,
  encodeRelease,
  encodeRenew,
  encodeRun,
  encodeStdin,
  PROTOCOL_VERSION,
} from './messages.ts';
import type {
  ExitMessage,
  GuestMessage,
  HelloMessage,
  InitMessage,
  PrepareMessage,
  ProgramLimits,
  RunMessage,
} from './messages.ts';

/** Messages that may wait to be consumed before reading from the guest pauses. */
const MAX_WAITING_MESSAGES = 64;

/** The guest is gone, broke the protocol or reported a failure of its own. Its machine is to be destroyed. */
export class GuestFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GuestFailure';
  }
}

/** The program of a stage could not be started, for example because the image lacks it. */
export class ProgramStartFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProgramStartFailure';
  }
}

export interface StageHandlers {
  /** Called when the program runs. */
  readonly onStarted: () => void;
  /** Called with each piece of output, in order per stream. */
  readonly onOutput: (stream: 'stdout' | 'stderr', data: Buffer) => void;
}

/**
 * The host's side of the conversation with one guest. One call at a time: the protocol has no concurrency. Time limits
 * are the caller's: it destroys the machine, which ends the channel and every pending call.
 */
export class AgentClient {
  readonly #channel: Duplex;
  readonly #frames = new FrameReader();
  readonly #messages: GuestMessage[] = [];
  #failure: GuestFailure | undefined;
  #wake: (() => void) | undefined;
  #hasStarted = false;

  /** @param channel byte stream to the agent; the client is its only reader and writer */
  constructor(channel: Duplex) {
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => this.#receive(chunk));
    channel.on('error', (error) =>
      this.#fail(new GuestFailure('the guest channel failed', { cause: error })),
    );
    channel.on('close', () => this.#fail(new GuestFailure('the guest is gone')));
  }

  /** Whether the last program that was to run has started. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Waits for the agent's first word. @throws GuestFailure */
  async hello(): Promise<HelloMessage> {
    const message = await this.#next();
    if (message.kind !== 'hello') throw this.#unexpected(message);
    if (message.version !== PROTOCOL_VERSION) {
      throw this.#fail(
        new GuestFailure(`the agent speaks generation ${message.version}, not ${PROTOCOL_VERSION}`),
      );
    }
    return message;
  }

  /** Starts programs that wait; before `init`. @throws GuestFailure when not all of them do */
  async prepare(message: PrepareMessage): Promise<void> {
    this.#channel.write(encodePrepare(message));
    const reply = await this.#next();
    if (reply.kind !== 'prepared' || reply.waiting !== message.count) throw this.#unexpected(reply);
  }

  /**
   * Gives the guest its identity, entropy and clock.
   * @param nonce the one of this guest's hello
   * @throws GuestFailure also when the guest is not the one that said hello, or did less than it must
   */
  async init(message: InitMessage, nonce: Buffer): Promise<void> {
    this.#channel.write(encodeInit(message));
    const reply = await this.#next();
    if (reply.kind !== 'ready') throw this.#unexpected(reply);
    if (!reply.nonce.equals(nonce))
      throw this.#fail(new GuestFailure('the guest answers with another nonce'));
    if (!reply.rngReseeded || !reply.clockSet || !reply.hostnameSet) {
      throw this.#fail(new GuestFailure('the guest could not take its identity'));
    }
  }

  /**
   * Gives the guest an empty workspace, and ends all programs that wait but one.
   * @returns whether one waits, for `release`
   * @throws GuestFailure
   */
  async renew(): Promise<boolean> {
    this.#channel.write(encodeRenew());
    const reply = await this.#next();
    if (reply.kind !== 'renewed') throw this.#unexpected(reply);
    return reply.waiting;
  }

  /** Sets the guest's clock, since 1970 UTC in ns; a failure of it surfaces in the next `run`. */
  setClock(wallClockNs: bigint): void {
    this.#channel.write(encodeClock(wallClockNs));
  }

  /** Writes a file into the workspace; a failure of it surfaces in the next `run`. */
  putFile(path: string, mode: number, content: Buffer): void {
    for (const frame of encodeFile(path, mode, content)) this.#channel.write(frame);
  }

  /**
   * Runs one program to its end.
   * @throws ProgramStartFailure; GuestFailure
   */
  async run(message: RunMessage, stdin: Buffer, handlers: StageHandlers): Promise<ExitMessage> {
    return this.#stage(encodeRun(message), stdin, handlers);
  }

  /** Lets the program that waits go on, to its end. @throws GuestFailure */
  async release(limits: ProgramLimits, stdin: Buffer, handlers: StageHandlers): Promise<ExitMessage> {
    return this.#stage(encodeRelease(limits), stdin, handlers);
  }

  async #stage(begin: Buffer, stdin: Buffer, handlers: StageHandlers): Promise<ExitMessage> {
    this.#channel.write(begin);
    for (const frame of encodeStdin(stdin)) this.#channel.write(frame);

    this.#hasStarted = false;
    for (;;) {
      const reply = await this.#next();
      if (reply.kind === 'started' && !this.#hasStarted) {
        this.#hasStarted = true;
        handlers.onStarted();
      } else if (reply.kind === 'output' && this.#hasStarted) {
        handlers.onOutput(reply.stream, reply.data);
      } else if (reply.kind === 'exit' && this.#hasStarted) {
        return reply;
      } else if (reply.kind === 'error' && reply.error === 'start' && !this.#hasStarted) {
        throw new ProgramStartFailure(reply.message);
      } else {
        throw this.#unexpected(reply);
      }
    }
  }

  async #next(): Promise<GuestMessage> {
    for (;;) {
      const message = this.#messages.shift();
      if (message) {
        if (this.#messages.length === 0 && this.#channel.isPaused()) this.#channel.resume();
        return message;
      }
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#failure) return;
    try {
      for (const frame of this.#frames.push(chunk)) this.#messages.push(decodeGuestMessage(frame));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(new GuestFailure(`the guest broke the protocol: ${error.message}`));
    }
    if (this.#messages.length > MAX_WAITING_MESSAGES) this.#channel.pause();
    this.#wakeUp();
  }

  #unexpected(message: GuestMessage): GuestFailure {
    const what =
      message.kind === 'error' ? `${message.error} error: ${printable(message.message)}` : message.kind;
    return this.#fail(new GuestFailure(`unexpected message from the guest: ${what}`));
  }

  #fail(failure: GuestFailure): GuestFailure {
    this.#failure ??= failure;
    this.#wakeUp();
    return this.#failure;
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Guest text that goes to a log: no control characters. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

import { TvmError } from '../../../errors.ts';
import type { Logger } from '../../../observability/log.ts';
import { BoundedTail } from '../../../sys/bounded-tail.ts';
import { vmSocket } from '../../../sys/paths.ts';
import type { ManagedProcess } from '../../../sys/process.ts';
import type { Vm, VmExit } from '../driver.ts';
import { endJailed } from '../jailed-process.ts';
import { FirecrackerApi } from './api.ts';
import type { ApiCall } from './calls.ts';
import { GuestChannel } from './channel.ts';
import { firecrackerName } from './command.ts';
import { exitReason } from './faults.ts';
import type { Cell } from './wall.ts';

/** Bytes of the console and of Firecracker's stderr that are kept for the log. */
const TAIL_BYTES = 8192;

/** The port on which the agent listens, VSOCK_PORT in guest/channel.c. No program may listen on one below 1024. */
const AGENT_PORT = 886;

/** One Firecracker process, its place and the connections to it. */
export class FirecrackerVm implements Vm {
  readonly id: string;
  readonly exited: Promise<VmExit>;
  readonly #process: ManagedProcess;
  readonly #cell: Cell;
  readonly #api: FirecrackerApi;
  readonly #console = new BoundedTail(TAIL_BYTES);
  readonly #stderr = new BoundedTail(TAIL_BYTES);
  #channel: GuestChannel | undefined;
  #gone = false;
  #disposal: Promise<void> | undefined;

  constructor(id: string, child: ManagedProcess, cell: Cell, logger: Logger) {
    this.id = id;
    this.#process = child;
    this.#cell = cell;
    child.stdout.on('data', (chunk: Buffer) => this.#console.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    this.#api = new FirecrackerApi({
      socket: vmSocket(cell.folder.descriptor, 'api'),
      vmId: id,
      logger,
      tail: () => [this.errorTail(), this.consoleTail()].filter(Boolean).join('\n'),
    });
    this.exited = child.exited.then((exit) => {
      this.#gone = true;
      this.#channel?.finish();
      const reason = exitReason(exit);
      if (!this.#disposal) {
        logger.warn(
          { vm_id: id, stderr: this.errorTail(), console: this.consoleTail() },
          `${reason} on its own`,
        );
      }
      return { reason };
    });
  }

  get channel(): GuestChannel {
    if (!this.#channel) throw new TvmError('internal', 'the machine has not been started');
    return this.#channel;
  }

  /**
   * Waits until the API answers, then makes calls that end with a machine that runs, and begins to call the guest.
   * @param saved whether more calls will follow: without them nothing is left to be called once the guest has spoken
   */
  async start(version: string, calls: readonly ApiCall[], { saved }: { saved: boolean }): Promise<void> {
    await this.#api.open(version, () => this.#gone);
    await this.call(calls);
    this.#channel = new GuestChannel({
      socketPath: vmSocket(this.#cell.folder.descriptor, 'vsock'),
      port: AGENT_PORT,
      onHeard: saved ? () => {} : () => void this.#lock().catch(() => {}),
    });
    if (this.#gone) this.#channel.finish();
  }

  async call(calls: readonly ApiCall[]): Promise<void> {
    for (const call of calls) await this.#api.call(call);
  }

  consoleTail(): string {
    return this.#console.text().trim();
  }

  errorTail(): string {
    return this.#stderr.text().trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    // It is no fault of the process that a call under way will not be answered.
    this.#api.abandon();
    try {
      await endJailed(this.#process, firecrackerName(this.id));
      await this.exited;
    } finally {
      await this.#lock();
      await this.#cell.release();
    }
  }

  /** Nobody, the process itself included, can open its sockets or make a file any more. */
  async #lock(): Promise<void> {
    await this.#api.close();
    await this.#cell.folder.remove();
  }
}

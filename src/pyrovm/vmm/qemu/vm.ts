import type { Duplex } from 'node:stream';
import { TvmError } from '../../../errors.ts';
import type { Logger } from '../../../observability/log.ts';
import { BoundedTail } from '../../../sys/bounded-tail.ts';
import type { ManagedProcess } from '../../../sys/process.ts';
import type { Vm, VmExit } from '../driver.ts';
import { endJailed } from '../jailed-process.ts';
import { AGENT_DESCRIPTOR, CONSOLE_DESCRIPTOR, qemuName } from './arguments.ts';
import { QmpClient } from './qmp.ts';

/** Bytes of the console and of QEMU's stderr that are kept for the log. */
const TAIL_BYTES = 8192;

/** One QEMU process. */
export class QemuVm implements Vm {
  readonly id: string;
  readonly channel: Duplex;
  readonly exited: Promise<VmExit>;
  readonly qmp: QmpClient;
  readonly #process: ManagedProcess;
  readonly #console = new BoundedTail(TAIL_BYTES);
  readonly #stderr = new BoundedTail(TAIL_BYTES);
  #disposed = false;

  constructor(id: string, child: ManagedProcess, logger: Logger) {
    const [channel, console] = [child.channels[AGENT_DESCRIPTOR - 3], child.channels[CONSOLE_DESCRIPTOR - 3]];
    if (!channel || !console) throw new TvmError('internal', 'the VM process has no channels');
    this.id = id;
    this.channel = channel;
    this.#process = child;
    console.on('data', (chunk: Buffer) => this.#console.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    this.qmp = new QmpClient(child.stdout, child.stdin);
    this.exited = child.exited.then((exit) => {
      const reason = `qemu ended ${exit.signal ? `by ${exit.signal}` : `with code ${exit.code}`}`;
      if (!this.#disposed) {
        logger.warn(
          { vm_id: id, stderr: this.errorTail(), console: this.consoleTail() },
          `${reason} on its own`,
        );
      }
      return { reason };
    });
  }

  consoleTail(): string {
    return this.#console.text().trim();
  }

  errorTail(): string {
    return this.#stderr.text().trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await endJailed(this.#process, qemuName(this.id));
    await this.exited;
  }
}

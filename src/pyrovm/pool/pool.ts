import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import type { Machine } from '../machine/machine.ts';
import { shapeName } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';

/** Waits after failures in a row, in ms: doubled from the first to the last. */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

export interface PoolOptions {
  /** Makes a machine that is ready for a program. */
  readonly make: (shape: MachineShape, signal: AbortSignal) => Promise<Machine>;
  /** Machines to keep ready per shape. */
  readonly size: number;
  readonly logger: Logger;
}

interface Shelf {
  readonly shape: MachineShape;
  readonly idle: { readonly machine: Machine; readonly since: number }[];
}

/**
 * Machines that wait ready, each for one program. One machine is made at a time, in the background: on a small host more
 * would take the CPUs from the programs that run.
 */
export class MachinePool {
  readonly #options: PoolOptions;
  readonly #shelves = new Map<string, Shelf>();
  readonly #closing = new AbortController();
  #refilling: Promise<void> | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Keeps machines of this shape ready from now on. */
  stock(shape: MachineShape): void {
    const name = shapeName(shape);
    if (this.#closing.signal.aborted || this.#options.size === 0 || this.#shelves.has(name)) return;
    this.#shelves.set(name, { shape, idle: [] });
    this.#refill();
  }

  /** The machine of this shape that waits longest, which is the caller's now, or undefined. */
  take(shape: MachineShape): Machine | undefined {
    const entry = this.#shelves.get(shapeName(shape))?.idle.shift();
    if (entry) this.#refill();
    return entry?.machine;
  }

  /** What waits, with ages in seconds. */
  idle(): { readonly shape: MachineShape; readonly id: string; readonly ageSeconds: number }[] {
    const now = performance.now();
    return [...this.#shelves.values()].flatMap(({ shape, idle }) =>
      idle.map(({ machine, since }) => ({ shape, id: machine.vm.id, ageSeconds: (now - since) / 1000 })),
    );
  }

  /** Makes nothing more and destroys what waits. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#refilling;
    const machines = [...this.#shelves.values()].flatMap(({ idle }) => idle.splice(0));
    await Promise.all(machines.map(async ({ machine }) => machine[Symbol.asyncDispose]()));
  }

  #refill(): void {
    this.#refilling ??= this.#run().finally(() => {
      this.#refilling = undefined;
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let retryMs = FIRST_RETRY_MS;
    for (let shelf = this.#emptiest(); shelf && !signal.aborted; shelf = this.#emptiest()) {
      try {
        const machine = await this.#options.make(shelf.shape, signal);
        this.#shelve(shelf, machine);
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        if (signal.aborted) return;
        const name = shapeName(shelf.shape);
        this.#options.logger.warn(
          { shape: name, reason: messageOf(error), retry_ms: retryMs },
          'refill failed',
        );
        await sleep(retryMs, undefined, { signal }).catch(() => {});
        retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
      }
    }
  }

  #shelve(shelf: Shelf, machine: Machine): void {
    const entry = { machine, since: performance.now() };
    shelf.idle.push(entry);
    // A machine that dies while it waits is nobody's any more.
    void machine.vm.exited.then(async () => {
      const index = shelf.idle.indexOf(entry);
      if (index < 0) return;
      shelf.idle.splice(index, 1);
      await machine[Symbol.asyncDispose]();
      this.#refill();
    });
  }

  /** The shelf with the fewest machines, if any is not full. */
  #emptiest(): Shelf | undefined {
    const lacking = [...this.#shelves.values()].filter(({ idle }) => idle.length < this.#options.size);
    return lacking.sort((a, b) => a.idle.length - b.idle.length)[0];
  }
}

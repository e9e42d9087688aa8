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
  /** Wait after the next failure, in ms. */
  retryMs: number;
  /** Runs while the shelf rests after a failure; the others are filled meanwhile. */
  resting: NodeJS.Timeout | undefined;
}

/**
 * Machines that wait ready, each for one program. One machine is made at a time, in the background: on a small host more
 * would take the CPUs from the programs that run.
 */
export class MachinePool {
  readonly #options: PoolOptions;
  readonly #shelves = new Map<string, Shelf>();
  readonly #closing = new AbortController();
  /** Machines that died while they waited, until the last of them is gone. */
  readonly #leaving = new Set<Promise<void>>();
  #isRefilling = false;
  #refilling: Promise<void> = Promise.resolve();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Keeps machines of this shape ready from now on. */
  stock(shape: MachineShape): void {
    const name = shapeName(shape);
    if (this.#closing.signal.aborted || this.#options.size === 0 || this.#shelves.has(name)) return;
    this.#shelves.set(name, { shape, idle: [], retryMs: FIRST_RETRY_MS, resting: undefined });
    this.#refill();
  }

  /** Keeps no machine of this shape any more and destroys those that wait. */
  async unstock(shape: MachineShape): Promise<void> {
    const name = shapeName(shape);
    const shelf = this.#shelves.get(name);
    if (!shelf) return;
    this.#shelves.delete(name);
    clearTimeout(shelf.resting);
    await Promise.all(shelf.idle.splice(0).map(async ({ machine }) => machine[Symbol.asyncDispose]()));
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
    await Promise.all([
      ...[...this.#shelves.values()].map(async ({ shape }) => this.unstock(shape)),
      ...this.#leaving,
    ]);
  }

  #refill(): void {
    if (this.#isRefilling) return;
    this.#isRefilling = true;
    this.#refilling = this.#run();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let shelf = this.#emptiest(); shelf && !signal.aborted; shelf = this.#emptiest()) {
      try {
        const machine = await this.#options.make(shelf.shape, signal);
        if (this.#isKept(shelf)) this.#shelve(shelf, machine);
        else await machine[Symbol.asyncDispose]();
      } catch (error) {
        if (!signal.aborted && this.#isKept(shelf)) this.#rest(shelf, error);
      }
    }
    // Within the same turn as the last look: who takes a machine later starts another run.
    this.#isRefilling = false;
  }

  #isKept(shelf: Shelf): boolean {
    return this.#shelves.get(shapeName(shelf.shape)) === shelf;
  }

  #rest(shelf: Shelf, error: unknown): void {
    const { shape, retryMs } = shelf;
    this.#options.logger.warn(
      { shape: shapeName(shape), reason: messageOf(error), retry_ms: retryMs },
      'refill failed',
    );
    shelf.resting = setTimeout(() => {
      shelf.resting = undefined;
      this.#refill();
    }, retryMs);
    shelf.retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
  }

  #shelve(shelf: Shelf, machine: Machine): void {
    const entry = { machine, since: performance.now() };
    shelf.idle.push(entry);
    shelf.retryMs = FIRST_RETRY_MS;
    // A machine that dies while it waits is nobody's any more.
    void machine.vm.exited.then(() => {
      const index = shelf.idle.indexOf(entry);
      if (index < 0) return;
      shelf.idle.splice(index, 1);
      const leaving = this.#bury(machine).finally(() => this.#leaving.delete(leaving));
      this.#leaving.add(leaving);
    });
  }

  async #bury(machine: Machine): Promise<void> {
    await machine[Symbol.asyncDispose]();
    this.#refill();
  }

  /** The shelf with the fewest machines, if any is not full and does not rest. */
  #emptiest(): Shelf | undefined {
    const lacking = [...this.#shelves.values()].filter(
      ({ idle, resting }) => idle.length < this.#options.size && resting === undefined,
    );
    return lacking.sort((a, b) => a.idle.length - b.idle.length)[0];
  }
}

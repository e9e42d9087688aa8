import { messageOf } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import type { MemoryRoom } from '../../sys/memory-pressure.ts';
import type { Machine } from '../machine/machine.ts';
import { shapeName } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import { judgeMemory } from './memory-budget.ts';
import { Shelf } from './shelf.ts';
import type { ShelfReport } from './shelf.ts';
import { mostDispensable, mostLacking, Recurrence, Target } from './sizing.ts';

/**
 * How long a program that has just got its machine has the host for itself, in ms, unless it ends before: a making
 * beside it would slow it down by half, and most programs have ended by then.
 */
export const COURTESY_MS = 250;

/** How often targets, ages and memory are looked at while anything may wait, in ms. */
const UPKEEP_MS = 5000;

export interface PoolOptions {
  /** Makes a machine that is ready for a program. */
  readonly make: (shape: MachineShape, signal: AbortSignal) => Promise<Machine>;
  /** Machines of a stocked shape that wait at least. */
  readonly floor: number;
  /** Machines of any shape that wait at most; 0 keeps none at all. */
  readonly ceiling: number;
  /** Whether a CPU is free; {@link MachinePool.wake} says that one may have become so. */
  readonly cpuIsFree: () => boolean;
  /** Whether any program runs. */
  readonly isBusy: () => boolean;
  readonly memory: () => MemoryRoom;
  readonly logger: Logger;
}

/**
 * Machines that wait ready, each for one program. They are made in the background, one at a time, and only while a CPU
 * is free: a program that runs never shares its CPU with a machine that nobody asked for yet. While programs take all
 * CPUs nothing is made, which costs no throughput: each request restores its own clone then, for the CPU time that the
 * pool would need, and without the warm-up. A making that has begun goes on when programs come, at their priority: it
 * delays them by the rest of one making at most, and is itself never starved.
 *
 * How many wait follows the demand for each shape (see {@link Target}), within what the host's memory allows.
 */
export class MachinePool {
  readonly #options: PoolOptions;
  readonly #shelves = new Map<string, Shelf>();
  readonly #asked = new Recurrence();
  readonly #closing = new AbortController();
  /** Machines that nobody will take, until the last of them is gone. */
  readonly #leaving = new Set<Promise<unknown>>();
  #upkeep: NodeJS.Timeout | undefined;
  /** Since when, and until when, a program has the host for itself. */
  #takenAt = -COURTESY_MS;
  #courtesy: NodeJS.Timeout | undefined;
  #isRefilling = false;
  #refilling: Promise<void> = Promise.resolve();
  #isShrinking = false;
  #isShort = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Keeps machines of this shape ready from now on, at least the floor. */
  stock(shape: MachineShape): void {
    const { floor, ceiling } = this.#options;
    if (Math.min(floor, ceiling) === 0 || this.#shelves.has(shapeName(shape))) return;
    this.#add(new Shelf(shape, new Target({ floor, ceiling }, performance.now())));
  }

  /** Keeps no machine of this shape and destroys those that wait, until it is asked for or stocked again. */
  async unstock(shape: MachineShape): Promise<void> {
    const shelf = this.#shelves.get(shapeName(shape));
    if (shelf) await this.#remove(shelf);
  }

  /**
   * The machine of this shape that waits longest, which is the caller's now, or undefined. Each call counts as demand:
   * a shape that is not stocked gets machines from its second call within a quiet time on, as long as it is asked for.
   */
  take(shape: MachineShape): Machine | undefined {
    const now = performance.now();
    const shelf = this.#shelves.get(shapeName(shape));
    if (!shelf) {
      this.#consider(shape, now);
      return undefined;
    }
    const machine = shelf.take();
    if (machine) {
      this.#takenAt = now;
      shelf.target.hit(shelf.size, now);
    } else shelf.target.missed(now);
    this.#refill();
    return machine;
  }

  /** Looks again whether a CPU is free for what is to be made. */
  wake(): void {
    this.#refill();
  }

  report(): ShelfReport[] {
    const now = performance.now();
    return [...this.#shelves.values()].map((shelf) => shelf.report(now));
  }

  /** Makes nothing more and destroys what waits. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#upkeep);
    clearTimeout(this.#courtesy);
    await this.#refilling;
    for (const shelf of this.#shelves.values()) void this.#remove(shelf);
    await Promise.all(this.#leaving);
  }

  #consider(shape: MachineShape, now: number): void {
    const { ceiling, memory } = this.#options;
    if (ceiling === 0 || !this.#asked.again(shapeName(shape), now)) return;
    // Clients choose size and CPUs: there are never more shelves than machines.
    if (this.#shelves.size >= judgeMemory(memory()).most) return;
    const target = new Target({ floor: 0, ceiling }, now);
    target.missed(now);
    this.#add(new Shelf(shape, target));
  }

  #add(shelf: Shelf): void {
    if (this.#closing.signal.aborted) return;
    this.#shelves.set(shelf.name, shelf);
    this.#upkeep ??= setInterval(() => this.#look(), UPKEEP_MS).unref();
    this.#refill();
  }

  async #remove(shelf: Shelf): Promise<void> {
    this.#shelves.delete(shelf.name);
    shelf.close();
    if (this.#shelves.size === 0) {
      clearInterval(this.#upkeep);
      this.#upkeep = undefined;
    }
    await this.#trim(shelf, 0);
  }

  /** What time changes without anyone asking. */
  #look(): void {
    const now = performance.now();
    for (const shelf of this.#shelves.values()) {
      const target = shelf.target.at(now);
      // One with a floor of 0 is there only while it is asked for.
      void (target === 0 ? this.#remove(shelf) : this.#trim(shelf, target));
    }
    void this.#shrink();
    this.#refill();
  }

  /** Destroys the largest and then oldest machines until the memory is no longer short. */
  async #shrink(): Promise<void> {
    if (this.#isShrinking) return;
    this.#isShrinking = true;
    try {
      while (!this.#closing.signal.aborted && judgeMemory(this.#options.memory()).mustShrink) {
        const [victim] = [...this.#shelves.values()]
          .filter(({ size }) => size > 0)
          .sort((a, b) => b.shape.memoryMb - a.shape.memoryMb || a.oldest - b.oldest);
        if (!victim) return;
        await this.#trim(victim, victim.size - 1);
      }
    } finally {
      this.#isShrinking = false;
    }
  }

  #refill(): void {
    if (this.#isRefilling || this.#closing.signal.aborted) return;
    this.#isRefilling = true;
    this.#refilling = this.#run();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let shelf = this.#next(); shelf && !signal.aborted; shelf = this.#next()) {
      try {
        const machine = await this.#options.make(shelf.shape, signal);
        if (this.#isKept(shelf)) this.#shelve(shelf, machine);
        else await this.#bury([machine]);
      } catch (error) {
        if (!signal.aborted && this.#isKept(shelf)) this.#rest(shelf, error);
      }
    }
    // Within the same turn as the last look: who takes a machine later starts another run.
    this.#isRefilling = false;
  }

  /** The shelf that gets a machine next, if there is one that lacks any, and CPU and memory for it. */
  #next(): Shelf | undefined {
    const now = performance.now();
    if (!this.#options.cpuIsFree() || this.#mustWait(now)) return undefined;
    const all = [...this.#shelves.values()].map((shelf) => ({ shelf, ...shelf.standing(now) }));
    const lacking = mostLacking(all.filter(({ shelf }) => !shelf.isResting));
    if (!lacking) return undefined;
    const room = this.#options.memory();
    const { mayGrow, most } = judgeMemory(room);
    this.#noteMemory(room, !mayGrow);
    if (!mayGrow) return undefined;
    const isReplacement = lacking.waiting >= lacking.target;
    const waiting = all.reduce((sum, one) => sum + one.waiting, 0);
    if (isReplacement || waiting < most) return lacking.shelf;
    const victim = lacking.fresh < lacking.floor ? mostDispensable(all) : undefined;
    if (!victim) return undefined;
    void this.#trim(victim.shelf, victim.waiting - 1);
    return lacking.shelf;
  }

  /** Whether a program has just got its machine; if so, looks again later. */
  #mustWait(now: number): boolean {
    const left = this.#takenAt + COURTESY_MS - now;
    if (left <= 0 || !this.#options.isBusy()) return false;
    clearTimeout(this.#courtesy);
    this.#courtesy = setTimeout(() => this.#refill(), left).unref();
    return true;
  }

  #noteMemory({ totalMb, availableMb }: MemoryRoom, isShort: boolean): void {
    if (isShort && !this.#isShort) {
      this.#options.logger.warn(
        { available_mb: Math.round(availableMb), total_mb: Math.round(totalMb) },
        'memory is short: the pool is not refilled',
      );
    }
    this.#isShort = isShort;
  }

  #isKept(shelf: Shelf): boolean {
    return this.#shelves.get(shelf.name) === shelf;
  }

  #rest(shelf: Shelf, error: unknown): void {
    const retryMs = shelf.rest(() => this.#refill());
    this.#options.logger.warn(
      { shape: shelf.name, reason: messageOf(error), retry_ms: retryMs },
      'refill failed',
    );
  }

  #shelve(shelf: Shelf, machine: Machine): void {
    // A machine that dies while it waits is nobody's any more.
    shelf.put(machine, () => void this.#bury([machine]).then(() => this.#refill()));
    void this.#trim(shelf, Math.max(1, shelf.target.at(performance.now())));
  }

  /** Destroys the oldest machines of a shelf until `count` are left. */
  async #trim(shelf: Shelf, count: number): Promise<void> {
    const surplus: Machine[] = [];
    while (shelf.size > count) {
      const machine = shelf.take();
      if (machine) surplus.push(machine);
    }
    if (surplus.length > 0) await this.#bury(surplus);
  }

  async #bury(machines: readonly Machine[]): Promise<void> {
    const gone = Promise.all(machines.map(async (machine) => machine[Symbol.asyncDispose]()));
    this.#leaving.add(gone);
    await gone.finally(() => this.#leaving.delete(gone));
  }
}

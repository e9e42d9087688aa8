import type { Machine } from '../machine/machine.ts';
import { shapeName } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import type { Standing, Target } from './sizing.ts';

/**
 * A clone that waited for so long is replaced, in ms: the longer it waits, the further its guest's clock may be off and
 * the more of its memory may have been swapped out.
 */
export const FRESH_MS = 60 * 60 * 1000;

/** Waits after failures in a row, in ms: doubled from the first to the last. */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/** What waits of one shape, and how much shall. */
export interface ShelfReport {
  readonly shape: MachineShape;
  readonly available: number;
  readonly target: number;
  /** The one that waits longest comes first. */
  readonly idle: readonly { readonly id: string; readonly ageSeconds: number }[];
}

interface Waiting {
  readonly machine: Machine;
  readonly since: number;
}

/** The machines of one shape that wait, the oldest first. */
export class Shelf {
  readonly shape: MachineShape;
  readonly name: string;
  readonly target: Target;
  readonly #waiting: Waiting[] = [];
  #retryMs = FIRST_RETRY_MS;
  #resting: NodeJS.Timeout | undefined;

  constructor(shape: MachineShape, target: Target) {
    this.shape = shape;
    this.name = shapeName(shape);
    this.target = target;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Since when its oldest machine waits. */
  get oldest(): number {
    return this.#waiting[0]?.since ?? Infinity;
  }

  /** Whether it rests after a failure; others are filled meanwhile. */
  get isResting(): boolean {
    return this.#resting !== undefined;
  }

  /** @param onDeath called when the machine dies while it waits; it has left the shelf then */
  put(machine: Machine, onDeath: () => void): void {
    const entry = { machine, since: performance.now() };
    this.#waiting.push(entry);
    this.#retryMs = FIRST_RETRY_MS;
    void machine.vm.exited.then(() => {
      const index = this.#waiting.indexOf(entry);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      onDeath();
    });
  }

  /** The machine that waits longest, which is the caller's now. */
  take(): Machine | undefined {
    return this.#waiting.shift()?.machine;
  }

  /** Rests after a failure, longer after each in a row. Returns for how long, in ms. */
  rest(onRested: () => void): number {
    const ms = this.#retryMs;
    this.#retryMs = Math.min(2 * ms, LAST_RETRY_MS);
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      onRested();
    }, ms);
    return ms;
  }

  /** Never calls `onRested` any more. */
  close(): void {
    clearTimeout(this.#resting);
    this.#resting = undefined;
  }

  standing(now: number): Standing {
    return {
      floor: this.target.floor,
      target: this.target.at(now),
      waiting: this.size,
      fresh: this.#waiting.filter(({ since }) => now - since < FRESH_MS).length,
    };
  }

  report(now: number): ShelfReport {
    return {
      shape: this.shape,
      available: this.size,
      target: this.target.at(now),
      idle: this.#waiting.map(({ machine, since }) => ({
        id: machine.vm.id,
        ageSeconds: (now - since) / 1000,
      })),
    };
  }
}

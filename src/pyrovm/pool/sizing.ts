/** A shelf that was not empty for so long holds more than is asked for, in ms. */
export const QUIET_MS = 60_000;

/** How many clones of one shape shall wait: one more after each miss, one less after each quiet time. */
export class Target {
  readonly floor: number;
  readonly #ceiling: number;
  #wanted: number;
  #quietSince: number;

  /** @param now in ms, of a clock that never goes back; so in every method */
  constructor(limits: { readonly floor: number; readonly ceiling: number }, now: number) {
    this.floor = Math.min(limits.floor, limits.ceiling);
    this.#ceiling = limits.ceiling;
    this.#wanted = this.floor;
    this.#quietSince = now;
  }

  at(now: number): number {
    const quietTimes = Math.floor((now - this.#quietSince) / QUIET_MS);
    this.#wanted = Math.max(this.floor, this.#wanted - quietTimes);
    this.#quietSince += quietTimes * QUIET_MS;
    return this.#wanted;
  }

  /** A request got a clone. @param left clones that wait after it */
  hit(left: number, now: number): void {
    this.at(now);
    if (left < 1) this.#quietSince = now;
  }

  /** A request found none. */
  missed(now: number): void {
    this.#wanted = Math.min(this.at(now) + 1, this.#ceiling);
    this.#quietSince = now;
  }
}

/** Names that come again within a quiet time. What came once is forgotten after it, so no client can fill the memory. */
export class Recurrence {
  readonly #seen = new Map<string, number>();

  get size(): number {
    return this.#seen.size;
  }

  /** Notes a name. Returns whether it came within the quiet time before, and forgets it then. */
  again(name: string, now: number): boolean {
    for (const [other, at] of this.#seen) {
      if (now - at < QUIET_MS) break;
      this.#seen.delete(other);
    }
    // The oldest is first in the map, because each name is in it once and its time does not change.
    if (this.#seen.delete(name)) return true;
    this.#seen.set(name, now);
    return false;
  }
}

/** What a shelf holds, and what it should. */
export interface Standing {
  readonly floor: number;
  readonly target: number;
  readonly waiting: number;
  /** Those that wait and need not be replaced. */
  readonly fresh: number;
}

/** Which shelf gets the next clone: first one below its floor, then the emptiest. */
export function mostLacking<S extends Standing>(shelves: readonly S[]): S | undefined {
  const isBelowFloor = ({ fresh, floor }: Standing): number => Number(fresh < floor);
  return shelves
    .filter(({ fresh, target }) => fresh < target)
    .sort((a, b) => isBelowFloor(b) - isBelowFloor(a) || a.fresh - b.fresh)[0];
}

/** Which shelf loses a clone when one below its floor needs the place. */
export function mostDispensable<S extends Standing>(shelves: readonly S[]): S | undefined {
  const beyond = ({ waiting, floor }: Standing): number => waiting - floor;
  return shelves.filter((shelf) => beyond(shelf) > 0).sort((a, b) => beyond(b) - beyond(a))[0];
}

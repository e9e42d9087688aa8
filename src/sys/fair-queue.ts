/** Who or what takes turns; all without a key share one. */
export type TurnKey = string | undefined;

/**
 * A value's place in the queue. The lines are linked lists: a value that gives up may stand anywhere in a long line, and
 * leaves it without a search.
 */
interface Place<T> {
  readonly value: T;
  readonly line: Line<T>;
  /** Towards the older values. */
  ahead: Place<T> | undefined;
  behind: Place<T> | undefined;
  isTaken: boolean;
}

interface Line<T> {
  readonly key: TurnKey;
  oldest: Place<T> | undefined;
  newest: Place<T> | undefined;
  length: number;
}

/**
 * A queue in which keys take turns, and the values of one key are first-in first-out: however many values a key has,
 * between two turns of a key that waits every other key has at most one.
 */
export class FairQueue<T> {
  /** In the order of their turns; a line without values is not in it. */
  readonly #lines = new Map<TurnKey, Line<T>>();
  #size = 0;

  /** Values of all keys. */
  get size(): number {
    return this.#size;
  }

  /** Keys that have values. */
  get keys(): number {
    return this.#lines.size;
  }

  /** Adds a value behind those of its key. The returned function takes it out, and does nothing once it is out. */
  add(key: TurnKey, value: T): () => void {
    const line = this.#lines.get(key) ?? { key, oldest: undefined, newest: undefined, length: 0 };
    const place: Place<T> = { value, line, ahead: line.newest, behind: undefined, isTaken: false };
    if (line.newest) line.newest.behind = place;
    else line.oldest = place;
    line.newest = place;
    line.length += 1;
    this.#lines.set(key, line);
    this.#size += 1;
    return () => this.#remove(place);
  }

  /** Takes out the oldest value of the key whose turn it is; undefined when nothing waits. */
  take(): T | undefined {
    for (const line of this.#lines.values()) {
      const place = line.oldest;
      if (!place) continue;
      this.#remove(place);
      if (line.length > 0) {
        this.#lines.delete(line.key);
        this.#lines.set(line.key, line);
      }
      return place.value;
    }
    return undefined;
  }

  /**
   * Takes out the newest value of the key with most values, if `key` could have one more and still not have more than
   * that one is left with: two that give way to each other would otherwise never rest. Takes time with the number of
   * keys.
   */
  giveWayTo(key: TurnKey): T | undefined {
    let longest: Line<T> | undefined;
    for (const line of this.#lines.values()) {
      if (line.length > (longest?.length ?? 0)) longest = line;
    }
    const length = this.#lines.get(key)?.length ?? 0;
    const place = longest?.newest;
    if (!longest || !place || longest.length < length + 2) return undefined;
    this.#remove(place);
    return place.value;
  }

  #remove(place: Place<T>): void {
    if (place.isTaken) return;
    place.isTaken = true;
    const { line, ahead, behind } = place;
    if (ahead) ahead.behind = behind;
    else line.oldest = behind;
    if (behind) behind.ahead = ahead;
    else line.newest = ahead;
    line.length -= 1;
    this.#size -= 1;
    if (line.length === 0) this.#lines.delete(line.key);
  }
}

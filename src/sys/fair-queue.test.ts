import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';
import type { TurnKey } from './fair-queue.ts';

/** A queue of numbers, and beside it what is known of each of them. */
class Watched {
  readonly queue = new FairQueue<number>();
  readonly leave: (() => void)[] = [];
  readonly #keys: TurnKey[] = [];
  /** Values that wait, by key, the oldest first. */
  readonly #lines = new Map<TurnKey, number[]>();
  /** Of each key that waits: the keys that had a turn since its own last one. */
  readonly #since = new Map<TurnKey, Set<TurnKey>>();

  add(key: TurnKey): void {
    const value = this.leave.length;
    this.leave.push(this.queue.add(key, value));
    this.#keys.push(key);
    this.#lines.set(key, [...this.#line(key), value]);
    if (!this.#since.has(key)) this.#since.set(key, new Set());
  }

  take(): void {
    const value = this.queue.take();
    if (value === undefined) {
      expect(this.waiting).toEqual([]);
      return;
    }
    const key = this.#keys[value];
    expect(value).toBe(this.#line(key)[0]);
    this.#out(value);
    for (const [other, turns] of this.#since) {
      if (other === key) continue;
      expect(turns).not.toContain(key);
      turns.add(key);
    }
    this.#since.get(key)?.clear();
  }

  remove(which: number): void {
    if (this.leave.length === 0) return;
    const value = which % this.leave.length;
    this.leave[value]?.();
    this.#out(value);
  }

  giveWay(key: TurnKey): void {
    const longest = Math.max(0, ...[...this.#lines.values()].map((line) => line.length));
    const value = this.queue.giveWayTo(key);
    expect(value !== undefined).toBe(longest >= this.#line(key).length + 2);
    if (value === undefined) return;
    const line = this.#line(this.#keys[value]);
    expect([line.length, line.at(-1)]).toEqual([longest, value]);
    this.#out(value);
  }

  get keys(): number {
    return this.#lines.size;
  }

  get waiting(): number[] {
    return [...this.#lines.values()].flat();
  }

  #line(key: TurnKey): readonly number[] {
    return this.#lines.get(key) ?? [];
  }

  #out(value: number): void {
    const key = this.#keys[value];
    const line = this.#line(key).filter((each) => each !== value);
    if (line.length > 0) {
      this.#lines.set(key, line);
    } else {
      this.#lines.delete(key);
      this.#since.delete(key);
    }
  }
}

type Step = (watched: Watched) => void;

const key = fc.constantFrom<TurnKey>('a', 'b', 'c', 'd', undefined);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: key.map(
      (each): Step =>
        (watched) =>
          watched.add(each),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Step>((watched) => watched.take()) },
  {
    weight: 1,
    arbitrary: fc.nat(100).map(
      (n): Step =>
        (watched) =>
          watched.remove(n),
    ),
  },
  {
    weight: 1,
    arbitrary: key.map(
      (each): Step =>
        (watched) =>
          watched.giveWay(each),
    ),
  },
);

describe('a fair queue', () => {
  it('loses nothing, gives nothing twice, keeps the order within a key and gives every key its turn', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const watched = new Watched();
        for (const each of steps) {
          each(watched);
          expect([watched.queue.size, watched.queue.keys]).toEqual([watched.waiting.length, watched.keys]);
        }
        while (watched.queue.size > 0) watched.take();
        // What is out stays out.
        for (const leave of watched.leave) leave();
        expect([watched.waiting, watched.queue.size, watched.queue.take()]).toEqual([[], 0, undefined]);
      }),
      { numRuns: 1000 },
    );
  });

  it('serves a newcomer after one of each that waited before, however many they have', () => {
    const queue = new FairQueue<string>();
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) queue.add(name.charAt(0), name);
    queue.add(undefined, '?');
    expect(Array.from({ length: 7 }, () => queue.take())).toEqual([
      'a1',
      'b1',
      '?',
      'a2',
      'b2',
      'a3',
      undefined,
    ]);
  });

  it('gives nobody a better turn for leaving and coming again', () => {
    const queue = new FairQueue<string>();
    const leave = queue.add('a', 'a1');
    queue.add('b', 'b1');
    leave();
    queue.add('a', 'a2');
    expect([queue.take(), queue.take()]).toEqual(['b1', 'a2']);
  });

  it('evens out a full queue: in the end nobody has two more than another', () => {
    const queue = new FairQueue<string>();
    for (let i = 0; i < 12; i += 1) queue.add('greedy', 'greedy');
    for (let round = 0; round < 20; round += 1) {
      for (const key of ['b', 'c']) {
        if (queue.giveWayTo(key) !== undefined) queue.add(key, key);
      }
    }
    const counts = new Map<string, number>();
    for (let next = queue.take(); next; next = queue.take()) counts.set(next, (counts.get(next) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ greedy: 4, b: 4, c: 4 });
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostDispensable, mostLacking, QUIET_MS, Recurrence, Target } from './sizing.ts';

describe('a target', () => {
  it('begins at its floor, which the ceiling bounds', () => {
    expect(new Target({ floor: 2, ceiling: 8 }, 5).at(5)).toBe(2);
    expect(new Target({ floor: 2, ceiling: 1 }, 5).at(5)).toBe(1);
  });

  it('rises by one with each miss, and stays at the ceiling', () => {
    const target = new Target({ floor: 0, ceiling: 2 }, 0);
    expect([1, 2, 3].map((now) => (target.missed(now), target.at(now)))).toEqual([1, 2, 2]);
  });

  it('falls by one with each quiet time, however seldom it is asked', () => {
    const raised = (): Target => {
      const target = new Target({ floor: 1, ceiling: 8 }, 0);
      for (let count = 0; count < 5; count++) target.missed(0);
      return target;
    };
    const often = raised();
    for (let now = 0; now < 8 * QUIET_MS; now += QUIET_MS / 7) {
      expect(often.at(now)).toBe(raised().at(now));
      expect(often.at(now)).toBe(Math.max(1, 6 - Math.floor(now / QUIET_MS)));
    }
  });

  it('stays while requests take the last one, and falls while some is always left', () => {
    const [drained, spare] = [0, 0].map(() => {
      const target = new Target({ floor: 0, ceiling: 8 }, 0);
      for (let count = 0; count < 3; count++) target.missed(0);
      return target;
    });
    for (let now = 0; now <= 2 * QUIET_MS; now += QUIET_MS / 4) {
      drained?.hit(0, now);
      spare?.hit(1, now);
    }
    expect([drained?.at(2 * QUIET_MS), spare?.at(2 * QUIET_MS)]).toEqual([3, 1]);
  });

  it('is always between floor and ceiling, rises only by misses, and falls only with time', () => {
    const event = fc.record({
      kind: fc.constantFrom('look', 'missed', 'hit'),
      after: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 5 * QUIET_MS })),
      left: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(event),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 8 }),
        (events, floor, ceiling) => {
          const target = new Target({ floor, ceiling }, 0);
          let now = 0;
          for (const { kind, after, left } of events) {
            const before = target.at(now);
            now += after;
            if (kind === 'missed') target.missed(now);
            else if (kind === 'hit') target.hit(left, now);
            const value = target.at(now);
            expect(value).toBeGreaterThanOrEqual(Math.min(floor, ceiling));
            expect(value).toBeLessThanOrEqual(ceiling);
            if (value > before) expect([kind, value]).toEqual(['missed', before + 1]);
            expect(before - value).toBeLessThanOrEqual(Math.ceil(after / QUIET_MS));
          }
          expect(target.at(now + (ceiling + 1) * QUIET_MS)).toBe(Math.min(floor, ceiling));
        },
      ),
    );
  });
});

describe('names that come again', () => {
  it('are those within a quiet time', () => {
    const names = new Recurrence();
    expect(names.again('a', 0)).toBe(false);
    expect(names.again('b', 1)).toBe(false);
    expect(names.again('a', QUIET_MS - 1)).toBe(true);
    expect(names.again('b', QUIET_MS + 1)).toBe(false);
  });

  it('are forgotten after it, however many come', () => {
    const names = new Recurrence();
    for (let now = 0; now < 100 * QUIET_MS; now += QUIET_MS / 10) {
      names.again(`${now}`, now);
      expect(names.size).toBeLessThanOrEqual(10);
    }
  });
});

describe('the shelf that', () => {
  const shelf = (name: string, floor: number, target: number, waiting: number, fresh = waiting) => ({
    name,
    floor,
    target,
    waiting,
    fresh,
  });

  it('gets the next clone is below its floor, else the emptiest', () => {
    expect(mostLacking([])).toBeUndefined();
    expect(mostLacking([shelf('full', 1, 2, 2), shelf('over', 0, 0, 1)])).toBeUndefined();
    expect(mostLacking([shelf('a', 0, 3, 1), shelf('b', 2, 4, 2), shelf('c', 0, 1, 0)])?.name).toBe('c');
    expect(mostLacking([shelf('a', 0, 3, 0), shelf('b', 2, 4, 1)])?.name).toBe('b');
    expect(mostLacking([shelf('a', 0, 3, 1), shelf('old', 0, 2, 2, 0)])?.name).toBe('old');
  });

  it('loses one has most beyond its floor', () => {
    expect(mostDispensable([shelf('a', 2, 8, 2), shelf('b', 0, 3, 0)])).toBeUndefined();
    expect(mostDispensable([shelf('a', 2, 8, 4), shelf('b', 0, 3, 3)])?.name).toBe('b');
  });
});

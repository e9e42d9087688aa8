import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

function buckets({ perSecond = 10, burst = 5, mostBuckets = 100 } = {}) {
  const clock = { ms: 0 };
  return { clock, table: new TokenBuckets({ perSecond, burst, mostBuckets, now: () => clock.ms }) };
}

/** Pauses before each of a client's requests, in ms: many at once, some after a while. */
const pauses = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3000, noNaN: true })), {
  minLength: 1,
  maxLength: 200,
});
const rate = { perSecond: fc.integer({ min: 1, max: 500 }), burst: fc.integer({ min: 1, max: 50 }) };

describe('a token bucket', () => {
  it('gives in any span of time at most its burst and what flowed in', () => {
    fc.assert(
      fc.property(fc.record({ ...rate, pauses }), (given) => {
        const { clock, table } = buckets(given);
        const taken: number[] = [];
        for (const pause of given.pauses) {
          clock.ms += pause;
          if (table.take('a') === 0) taken.push(clock.ms);
        }
        for (const [first, from] of taken.entries()) {
          for (const [last, to] of taken.entries()) {
            if (last < first) continue;
            const most = given.burst + ((to - from) * given.perSecond) / 1000;
            expect(last - first + 1).toBeLessThanOrEqual(most + 1e-3);
          }
        }
      }),
    );
  });

  it('gives a token after the time that it names, and none much before', () => {
    fc.assert(
      fc.property(fc.record({ ...rate, pauses }), (given) => {
        const { clock, table } = buckets(given);
        for (const pause of given.pauses) {
          clock.ms += pause;
          const waitMs = table.take('a');
          expect(waitMs).toBeLessThanOrEqual(1000 / given.perSecond);
          if (waitMs < 1) continue;
          clock.ms += waitMs * 0.9;
          expect(table.take('a')).toBeGreaterThan(0);
          clock.ms += waitMs * 0.1;
          expect(table.take('a')).toBe(0);
        }
      }),
    );
  });

  it('never refuses who keeps to the rate', () => {
    fc.assert(
      fc.property(fc.record({ ...rate, pauses }), (given) => {
        const { clock, table } = buckets(given);
        for (const pause of given.pauses) {
          clock.ms += pause + 1000 / given.perSecond;
          expect(table.take('a')).toBe(0);
        }
      }),
    );
  });

  it('is its client’s alone', () => {
    fc.assert(
      fc.property(fc.record({ ...rate, pauses }), (given) => {
        const alone = buckets(given);
        const crowded = buckets(given);
        for (const pause of given.pauses) {
          alone.clock.ms += pause;
          crowded.clock.ms += pause;
          for (const other of ['b', 'c', 'b']) crowded.table.take(other);
          expect(crowded.table.take('a')).toBe(alone.table.take('a'));
        }
      }),
    );
  });
});

describe('the table of buckets', () => {
  it('remembers those who came last, and forgets who has not come for long', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 300 }), (clients) => {
        const { table } = buckets({ burst: 1, mostBuckets: 20 });
        for (const [at, client] of clients.entries()) {
          const since = new Set(clients.slice(clients.lastIndexOf(client, at - 1) + 1, at));
          const isFirst = at === 0 || clients.lastIndexOf(client, at - 1) < 0;
          const waitMs = table.take(String(client));
          if (isFirst || since.size >= 20) expect(waitMs).toBe(0);
          else if (since.size < 9) expect(waitMs).toBeGreaterThan(0);
          expect(table.size).toBeLessThanOrEqual(20);
        }
      }),
    );
  });

  it('stays within its size whoever comes', () => {
    const { table } = buckets({ mostBuckets: 1000 });
    let most = 0;
    for (let client = 0; client < 50_000; client += 1) {
      table.take(String(client));
      most = Math.max(most, table.size);
    }
    expect(most).toBeLessThanOrEqual(1000);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, quantilesOf } from './quantiles.ts';

describe('quantiles', () => {
  it('are nearest-rank, whatever the order', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(quantilesOf(values)).toEqual({ n: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  });

  it('of one value are that value', () => {
    expect(quantilesOf([7])).toEqual({ n: 1, p50: 7, p95: 7, p99: 7, max: 7 });
    expect(median([7])).toBe(7);
  });

  it('are values of the sample, in order, and leave the sample as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const before = [...values];
        const { n, p50, p95, p99, max } = quantilesOf(values);
        expect(values).toEqual(before);
        expect(n).toBe(values.length);
        expect([p50, p95, p99, max]).toEqual([p50, p95, p99, max].sort((a, b) => a - b));
        for (const value of [p50, p95, p99, max]) expect(values).toContain(value);
        expect(max).toBe(Math.max(...values));
      }),
    );
  });
});

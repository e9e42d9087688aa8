import { describe, expect, it } from 'vitest';
import { quantilesOf } from './quantiles.ts';

describe('quantiles', () => {
  it('are nearest-rank, whatever the order', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(quantilesOf(values)).toEqual({ n: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  });

  it('of one value are that value', () => {
    expect(quantilesOf([7])).toEqual({ n: 1, p50: 7, p95: 7, p99: 7, max: 7 });
  });
});

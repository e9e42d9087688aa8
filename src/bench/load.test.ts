import { describe, expect, it } from 'vitest';
import { burstFigures } from './load.ts';
import type { Run } from './execution.ts';

const timings = { boot_ms: 1, setup_ms: 1, run_ms: 1, teardown_ms: 1 };
const right = (ms: number): Run => ({
  status: 200,
  ms,
  result: { stdout: 'Hello, World!\n', execution_time_ms: 1, compile: null, machine: 'pooled', timings },
});

describe('the figures of a burst', () => {
  it('count every reply, by status, and take the times of the right ones alone', () => {
    const runs = [right(30), right(10), { status: 503, ms: 1 }, { status: 0, ms: 2 }, { status: 200, ms: 3 }];
    expect(burstFigures(runs, 40)).toEqual({
      requests: 5,
      statuses: { 0: 1, 200: 3, 503: 1 },
      right: 2,
      times: { n: 2, p50: 10, p95: 30, p99: 30, max: 30 },
      totalMs: 40,
    });
  });

  it('have no times when no reply is right', () => {
    const figures = burstFigures([{ status: 503, ms: 1 }], 2);
    expect(figures).toMatchObject({ right: 0, statuses: { 503: 1 } });
    expect(figures).not.toHaveProperty('times');
  });
});

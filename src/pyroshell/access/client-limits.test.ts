import { describe, expect, it } from 'vitest';
import { ClientLimits } from './client-limits.ts';

const OFF = { requests_per_second: 'off', request_burst: 20, executions_per_client: 'off' } as const;

describe('the limits of a client', () => {
  it('are none by default', () => {
    const limits = new ClientLimits(OFF);
    const ask = (): void => {
      for (let i = 0; i < 1000; i += 1) {
        limits.countRequest('a');
        limits.beginExecution('a');
      }
    };
    expect(ask).not.toThrow();
  });

  it('refuse what goes beyond the rate, and say when to come again', () => {
    let now = 0;
    const limits = new ClientLimits({ ...OFF, requests_per_second: 2, request_burst: 3 }, () => now);
    for (let i = 0; i < 3; i += 1) limits.countRequest('a');
    expect(() => limits.countRequest('a')).toThrow(
      expect.objectContaining({
        code: 'rate_limited',
        message: 'too many requests: one client may send 2 per second, 3 at once',
        retryAfterSeconds: 0.5,
      }) as Error,
    );
    limits.countRequest('b');
    now += 500;
    limits.countRequest('a');
  });

  it('refuse executions beyond the most, until one has ended', () => {
    const limits = new ClientLimits({ ...OFF, executions_per_client: 2 });
    const first = limits.beginExecution('a');
    limits.beginExecution('a');
    const refused = expect.objectContaining({
      code: 'rate_limited',
      message: 'too many executions: one client may have 2 at a time, those that wait included',
      retryAfterSeconds: 1,
    }) as Error;
    expect(() => limits.beginExecution('a')).toThrow(refused);
    limits.beginExecution('b');
    first[Symbol.dispose]();
    // Once is enough: a place is not given back twice.
    first[Symbol.dispose]();
    limits.beginExecution('a');
    expect(() => limits.beginExecution('a')).toThrow(refused);
  });
});

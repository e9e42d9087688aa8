import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE, errnoOf, messageOf, toTvmError, TvmError } from './errors.ts';
import type { ErrorCode } from './errors.ts';

const entries = Object.entries(ERROR_CATALOGUE) as [ErrorCode, (typeof ERROR_CATALOGUE)[ErrorCode]][];

/** The names of gRPC's status codes. */
const GRPC_CODES = [
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'FAILED_PRECONDITION',
  'INTERNAL',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'OUT_OF_RANGE',
  'RESOURCE_EXHAUSTED',
  'UNAUTHENTICATED',
  'UNAVAILABLE',
  'UNIMPLEMENTED',
];

describe('the error catalogue', () => {
  it.each(entries)(
    '%s has an error status of HTTP, a code of gRPC and a remedy in whole sentences',
    (code, kind) => {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(kind.http).toBeGreaterThanOrEqual(400);
      expect(kind.http).toBeLessThan(600);
      expect(GRPC_CODES).toContain(kind.grpc);
      expect(kind.remedy).toMatch(/^[A-Z].*\.$/);
    },
  );

  it.each(entries)(
    '%s is a fault of the client just when its status is, but for what only the host can mend',
    (code, { fault, http }) => {
      const clientStatus = http < 500;
      const expected = code === 'runtime_not_installed' ? true : fault === 'client';
      expect(clientStatus).toBe(expected);
    },
  );

  it('answers 503 only where a retry or the operator can help', () => {
    const unavailable = entries.filter(([, kind]) => kind.http === 503).map(([code]) => code);
    expect(unavailable).toEqual(['starting', 'overloaded', 'stopping', 'executor_unavailable']);
  });

  it('has the status codes of the usage guide', () => {
    const guide = {
      400: 'invalid_request',
      408: 'execution_timeout',
      500: 'internal',
      503: 'starting',
    } as const;
    for (const [status, code] of Object.entries(guide))
      expect(ERROR_CATALOGUE[code].http).toBe(Number(status));
    expect(ERROR_CATALOGUE.unknown_language.http).toBe(400);
    expect(ERROR_CATALOGUE.limit_out_of_range.http).toBe(400);
    expect(ERROR_CATALOGUE.overloaded.http).toBe(503);
  });
});

describe('an error', () => {
  it('has the status and remedy of its code, and the message that the client sees', () => {
    const error = new TvmError('overloaded', 'too many', { retryAfterSeconds: 2 });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'TvmError',
      code: 'overloaded',
      message: 'too many',
      retryAfterSeconds: 2,
    });
    expect(error.httpStatus).toBe(503);
    expect(error.remedy).toBe(ERROR_CATALOGUE.overloaded.remedy);
    expect(error.context).toEqual({});
    expect(new TvmError('internal', 'x').retryAfterSeconds).toBeUndefined();
  });

  it('keeps cause and context for the log', () => {
    const cause = new Error('why');
    const error = new TvmError('vm_failed', 'x', { cause, context: { vm_id: 'a' } });
    expect(error.cause).toBe(cause);
    expect(error.context).toEqual({ vm_id: 'a' });
    expect('cause' in new TvmError('vm_failed', 'x')).toBe(false);
  });

  it('of ours passes through toTvmError; any other becomes internal, hidden, and its cause', () => {
    const ours = new TvmError('not_found', 'x');
    expect(toTvmError(ours)).toBe(ours);
    for (const other of [new Error('password=hunter2'), 'text', undefined, null, { code: 'not_found' }]) {
      const error = toTvmError(other);
      expect(error).toMatchObject({ code: 'internal', message: 'internal error' });
      expect(error.cause).toBe(other);
    }
  });
});

describe('what can be told of anything thrown', () => {
  it('is its message', () => {
    expect(messageOf(new Error('why'))).toBe('why');
    expect([messageOf('why'), messageOf(7), messageOf(undefined)]).toEqual(['why', '7', 'undefined']);
  });

  it('is the errno of a failed system call, and of nothing else', () => {
    const failed = (): unknown => {
      try {
        return readFileSync('/tvm/none');
      } catch (error) {
        return error;
      }
    };
    expect(errnoOf(failed())).toBe('ENOENT');
    const numbered = Object.assign(new Error('x'), { code: 7 });
    for (const other of [new Error('x'), numbered, { code: 'ENOENT' }, 'ENOENT', null]) {
      expect(errnoOf(other)).toBeUndefined();
    }
  });
});

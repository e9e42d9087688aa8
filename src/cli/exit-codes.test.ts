import { expect, test } from 'vitest';
import { ERROR_CATALOGUE, TvmError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { EXIT, exitCodeOfSignal } from './exit-codes.ts';
import { failure, failureOf } from './failure.ts';

test('what the caller can correct is 2, the rest is 1, or 125 for run', () => {
  for (const code of Object.keys(ERROR_CATALOGUE) as ErrorCode[]) {
    const error = new TvmError(code, 'x');
    const callers = code === 'config_invalid' || ERROR_CATALOGUE[code].fault === 'client';
    expect([code, failureOf(error).exitCode]).toEqual([code, callers ? 2 : 1]);
    expect([code, failureOf(error, EXIT.notRun).exitCode]).toEqual([code, callers ? 2 : 125]);
  }
});

test('a failure may know better than its catalogue entry', () => {
  const cause = new Error('deep');
  const error = failure('m', { remedy: 'r', exitCode: 7, cause });
  expect(error).toBeInstanceOf(TvmError);
  expect(error.cause).toBe(cause);
  expect(failureOf(error)).toEqual({ message: 'm', remedy: 'r', exitCode: 7 });
  expect(failureOf(failure('m'))).toEqual({ message: 'm', remedy: error.remedy, exitCode: 1 });
  expect(failureOf(new Error('bug'), 125)).toMatchObject({ message: 'internal error: bug', exitCode: 125 });
});

test('signals', () => {
  expect([exitCodeOfSignal('SIGINT'), exitCodeOfSignal('SIGTERM'), exitCodeOfSignal('SIGHUP')]).toEqual([
    130, 143, 129,
  ]);
});

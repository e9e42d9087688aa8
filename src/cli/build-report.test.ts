import { expect, it } from 'vitest';
import { TvmError } from '../errors.ts';
import { buildExitCode, buildReport } from './build-report.ts';

const present = { id: 'python@3.11', outcome: 'present' } as const;
const built = { id: 'javascript@20', outcome: 'built' } as const;
const far = {
  id: 'python@3.8',
  outcome: 'unreachable',
  error: new TvmError('build_failed', 'no name'),
} as const;
const failed = { id: 'go@1.19', outcome: 'failed', error: new Error('step 1') } as const;

it('says what is ready, and why each of the others is not', () => {
  expect(buildReport([failed, present, far, built])).toEqual([
    'ready: python@3.11, javascript@20',
    'unreachable: python@3.8: no name',
    'failed: go@1.19: step 1',
  ]);
  expect(buildReport([far])).toEqual(['unreachable: python@3.8: no name']);
});

it('of everything, what is unreachable is no fault; of what was named, it is', () => {
  expect(buildExitCode([present, built, far], true)).toBe(0);
  expect(buildExitCode([present, far], false)).toBe(1);
  expect(buildExitCode([present, failed, far], true)).toBe(1);
  expect(buildExitCode([present, built], false)).toBe(0);
});

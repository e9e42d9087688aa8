import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRun } from '../agent/messages.ts';
import { COMMON_ENVIRONMENT } from '../../runtimes/schema.ts';
import type { ExecutionInput } from './execution.ts';
import { MAX_ARGS_BYTES, resolveRequest } from './request.ts';
import type { ExecutionRequest } from './request.ts';

const all = (): boolean => true;
const input = (different: Partial<ExecutionInput> = {}): ExecutionInput => ({
  requestId: 'r',
  language: 'python',
  code: 'print(1)',
  limits: {},
  ...different,
});

describe('resolving a request', () => {
  it('makes every choice that was left open', () => {
    expect(resolveRequest(input({ language: 'PY' }), (id) => id === 'python@3.11')).toMatchObject({
      requestId: 'r',
      runtime: { id: 'python@3.11' },
      limits: { timeoutMs: 5000, memoryMb: 128, cpuCount: 1 },
      code: Buffer.from('print(1)'),
      stdin: Buffer.alloc(0),
      args: [],
    });
  });

  it('keeps every choice that was made', () => {
    const made = {
      languageVersion: '3.8',
      code: 'é',
      stdin: Buffer.from('in'),
      args: ['a', ''],
      limits: { timeoutMs: 1, memoryMb: 64, cpuCount: 4 },
      defaultTimeoutMs: 7,
    };
    expect(resolveRequest(input(made), all)).toMatchObject({
      runtime: { id: 'python@3.8' },
      limits: made.limits,
      code: Buffer.from([0xc3, 0xa9]),
      stdin: made.stdin,
      args: made.args,
    });
  });

  it('takes the default time limit of the dialect, lowered to the cap of the language', () => {
    const timeout = (different: Partial<ExecutionInput>): number =>
      resolveRequest(input(different), all).limits.timeoutMs;
    expect(timeout({ defaultTimeoutMs: 30_000 })).toBe(30_000);
    expect(timeout({ defaultTimeoutMs: 60_000, language: 'js' })).toBe(30_000);
    expect(timeout({ defaultTimeoutMs: 30_000, limits: { timeoutMs: 100 } })).toBe(100);
  });

  it('runs the latest version that is installed', () => {
    expect(resolveRequest(input(), (id) => id === 'python@3.9').runtime.id).toBe('python@3.9');
  });

  it.each<[string, Partial<ExecutionInput>, () => boolean]>([
    ['unknown_language', { language: 'cobol' }, all],
    ['unknown_language', { languageVersion: '2.7' }, all],
    ['runtime_not_installed', { languageVersion: '3.8' }, () => false],
    ['runtime_not_installed', {}, () => false],
    ['limit_out_of_range', { limits: { cpuCount: 5 } }, all],
    ['invalid_request', { args: ['x'.repeat(MAX_ARGS_BYTES)] }, all],
  ])('refuses with %s: %j', (code, different, isInstalled) => {
    expect(() => resolveRequest(input(different), isInstalled)).toThrow(expect.objectContaining({ code }));
  });

  it('admits just such arguments as fit into a frame beside a usual environment', () => {
    const environment = Object.entries(COMMON_ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
    const limits = {
      timeoutMs: 1,
      memoryBytes: 1,
      maxProcesses: 1,
      outputBytes: 1,
      fileBytes: 1,
      openFiles: 1,
    };
    const args = fc
      .tuple(fc.nat(40_000), fc.constantFrom('', 'a', 'é', '😀', 'x'.repeat(4096)))
      .map(([count, arg]) => Array<string>(arg.length > 100 ? count % 20 : count).fill(arg));
    fc.assert(
      fc.property(args, (args) => {
        let request: ExecutionRequest;
        try {
          request = resolveRequest(input({ args }), all);
        } catch (error) {
          expect(error).toMatchObject({
            code: 'invalid_request',
            message: expect.stringMatching(/^args: \d+ bytes/),
          });
          return;
        }
        // It would throw.
        encodeRun({ argv: ['python3', ...request.args], environment, cwd: '/workspace', limits });
      }),
      { numRuns: 50, examples: [[Array<string>(30_000).fill('')]] },
    );
    expect(resolveRequest(input({ args: Array<string>(64).fill('') }), all).args).toHaveLength(64);
  });
});

import { describe, expect, it } from 'vitest';
import { fakeResult } from '../../test/doubles/fake-executor.ts';
import type { ExecutionResult, StageOutcome } from '../pyrovm/engine/execution.ts';
import { apiExecuteReply, executeReply } from './replies.ts';

const input = {
  requestId: '550e8400-e29b-41d4-a716-446655440000',
  language: 'python',
  languageVersion: '3.11',
};
const options = { encoding: 'utf8', timeLimitMs: 5000 } as const;

const timings = {
  queue_ms: 0.123,
  boot_ms: 100.5,
  setup_ms: 5.25,
  run_ms: 45.457,
  teardown_ms: 3,
  total_ms: 154.33,
};

describe('the reply of POST /api/execute', () => {
  it('is that of the guide, then the additive fields', () => {
    const reply = apiExecuteReply(fakeResult(input), options);
    expect(Object.entries(reply)).toEqual([
      ['request_id', '550e8400-e29b-41d4-a716-446655440000'],
      ['stdout', 'Hello, World!\n'],
      ['stderr', ''],
      ['exit_code', 0],
      ['execution_time_ms', 42],
      ['language', 'python'],
      ['language_version', '3.11'],
      ['status', 'ok'],
      ['signal', null],
      ['stdout_truncated', false],
      ['stderr_truncated', false],
      ['stdout_invalid_utf8', false],
      ['stderr_invalid_utf8', false],
      ['output_encoding', 'utf8'],
      ['compile', null],
      ['cpu_time_ms', 20.123],
      ['memory_peak_bytes', 9_437_184],
      ['machine', 'booted'],
      ['timings', timings],
    ]);
  });

  it('begins with detail on a timeout and keeps the output', () => {
    const reply = apiExecuteReply(fakeResult(input, { status: 'timeout', exitCode: 137 }), options);
    expect(Object.keys(reply)[0]).toBe('detail');
    expect(reply).toMatchObject({
      detail: 'execution timed out after 5000 ms',
      code: 'execution_timeout',
      stdout: 'Hello, World!\n',
      exit_code: 137,
      status: 'timeout',
    });
  });

  it('says where bytes were replaced', () => {
    const bytes = { stdout: Buffer.from([0xff, 0x41]), stderr: Buffer.from([0xe2, 0x82]) };
    expect(apiExecuteReply(fakeResult(input, { ...bytes, stderrTruncated: true }), options)).toMatchObject({
      stdout: '\ufffdA',
      stderr: '',
      stdout_invalid_utf8: true,
      stderr_invalid_utf8: false,
      stderr_truncated: true,
    });
    expect(apiExecuteReply(fakeResult(input, bytes), { ...options, encoding: 'base64' })).toMatchObject({
      stdout: '/0E=',
      stderr: '4oI=',
      stdout_invalid_utf8: false,
      output_encoding: 'base64',
    });
  });
});

describe('the compile stage', () => {
  const compile: StageOutcome = {
    status: 'runtime_error',
    exitCode: 1,
    signal: null,
    stdout: Buffer.alloc(0),
    stderr: Buffer.from('main.c:1:1: error'),
    stdoutTruncated: false,
    stderrTruncated: true,
    executionTimeMs: 98.7,
    cpuTimeMs: 50,
    memoryPeakBytes: 4096,
  };
  const failed = { status: 'compile_error', exitCode: 1, stderr: compile.stderr } as const;

  it('is a field of both replies', () => {
    const result = fakeResult(input, { compile });
    const expected = {
      status: 'runtime_error',
      stdout: '',
      stderr: 'main.c:1:1: error',
      exit_code: 1,
      signal: null,
      time_ms: 99,
      stdout_truncated: false,
      stderr_truncated: true,
      memory_peak_bytes: 4096,
    };
    expect(apiExecuteReply(result, options).compile).toEqual(expected);
    expect(executeReply(result, options).compile).toEqual(expected);
  });

  it('speaks for itself when it finds errors', () => {
    expect(executeReply(fakeResult(input, { ...failed, compile }), options).error).toBe('main.c:1:1: error');
  });

  it.each([
    ['timeout', 'compiling timed out after 30 s\nmain.c:1:1: error'],
    ['out_of_memory', 'compiling ran out of memory\nmain.c:1:1: error'],
    ['output_limit', 'compiling exceeded the output limit\nmain.c:1:1: error'],
  ] as const)('is named when it reached a limit: %s', (status, error) => {
    const result = fakeResult(input, { ...failed, compile: { ...compile, status, executionTimeMs: 30_012 } });
    expect(executeReply(result, options).error).toBe(error);
  });
});

it.each(['pooled', 'restored', 'booted'] as const)('both replies say that the machine was %s', (machine) => {
  const result = fakeResult(input, { machine });
  expect(apiExecuteReply(result, options)).toMatchObject({ machine });
  expect(executeReply(result, options)).toMatchObject({ machine });
});

describe('the reply of POST /execute', () => {
  it('is that of the guide, then the additive fields', () => {
    const reply = executeReply(fakeResult(input), options);
    expect(Object.entries(reply)).toEqual([
      ['output', 'Hello, World!\n'],
      ['error', null],
      ['execution_time', 0.0416],
      ['success', true],
      ['request_id', '550e8400-e29b-41d4-a716-446655440000'],
      ['stderr', ''],
      ['exit_code', 0],
      ['status', 'ok'],
      ['signal', null],
      ['language', 'python'],
      ['language_version', '3.11'],
      ['stdout_truncated', false],
      ['stderr_truncated', false],
      ['stdout_invalid_utf8', false],
      ['stderr_invalid_utf8', false],
      ['output_encoding', 'utf8'],
      ['compile', null],
      ['cpu_time_ms', 20.123],
      ['memory_peak_bytes', 9_437_184],
      ['machine', 'booted'],
      ['timings', timings],
    ]);
  });

  it.each<[Partial<ExecutionResult>, string]>([
    [{ status: 'runtime_error', exitCode: 1, stderr: Buffer.from('Traceback…\n') }, 'Traceback…\n'],
    [{ status: 'runtime_error', exitCode: 3 }, 'exited with code 3'],
    [{ status: 'runtime_error', exitCode: 139, signal: 'SIGSEGV' }, 'killed by SIGSEGV'],
    [{ status: 'compile_error', exitCode: 1, stderr: Buffer.from('error: x\n') }, 'error: x\n'],
    [{ status: 'timeout', exitCode: 137, signal: 'SIGKILL' }, 'execution timed out after 0.5 s'],
    [
      { status: 'timeout', exitCode: 137, stderr: Buffer.from('slow\n') },
      'execution timed out after 0.5 s\nslow\n',
    ],
    [{ status: 'out_of_memory', exitCode: 137, signal: 'SIGKILL' }, 'execution ran out of memory'],
    [{ status: 'output_limit', exitCode: 137 }, 'execution exceeded the output limit'],
    [{ status: 'killed', exitCode: 137, signal: 'SIGKILL' }, 'killed by SIGKILL'],
  ])('explains failure %#', (different, error) => {
    const reply = executeReply(fakeResult(input, different), { ...options, timeLimitMs: 500 });
    expect(reply).toMatchObject({ success: false, error, output: 'Hello, World!\n' });
  });

  it('succeeds although something was written to stderr', () => {
    const reply = executeReply(fakeResult(input, { stderr: Buffer.from('warning\n') }), options);
    expect(reply).toMatchObject({ success: true, error: null, stderr: 'warning\n' });
  });

  it('explains in text whatever the encoding of the output', () => {
    const result = fakeResult(input, { status: 'runtime_error', exitCode: 1, stderr: Buffer.from('no') });
    expect(executeReply(result, { ...options, encoding: 'base64' })).toMatchObject({
      error: 'no',
      stderr: 'bm8=',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { FakeExecutor, fakeResult } from '../../../test/doubles/fake-executor.ts';
import { gateway } from '../../../test/doubles/gateway.ts';
import { TvmError } from '../../errors.ts';

const hello = { code: 'print("Hello, World!")', language: 'python' };
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('POST /api/execute', () => {
  it('runs the example of the guide', async () => {
    const executor = new FakeExecutor();
    const response = await gateway({ executor }).inject({
      method: 'POST',
      url: '/api/execute',
      headers: { 'content-type': 'application/json' },
      payload: { ...hello, language_version: '3.11', timeout_ms: 5000, memory_mb: 128, cpu_count: 1 },
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(response.json()).toMatchObject({
      stdout: 'Hello, World!\n',
      exit_code: 0,
      language_version: '3.11',
    });
    const [input] = executor.inputs;
    expect(response.json<{ request_id: string }>().request_id).toBe(input?.requestId);
    expect(input).toEqual({
      requestId: expect.stringMatching(UUID) as string,
      client: '127.0.0.1',
      language: 'python',
      languageVersion: '3.11',
      code: hello.code,
      stdin: undefined,
      args: undefined,
      limits: { timeoutMs: 5000, memoryMb: 128, cpuCount: 1 },
      defaultTimeoutMs: 5000,
    });
  });

  it('passes stdin as bytes, args and the canonical language', async () => {
    const executor = new FakeExecutor();
    await gateway({ executor }).inject({
      method: 'POST',
      url: '/api/execute',
      payload: { code: '1', language: 'JS', stdin: 'a\0é', args: ['', '-x'] },
    });
    expect(executor.inputs[0]).toMatchObject({
      language: 'javascript',
      stdin: Buffer.from('a\0é'),
      args: ['', '-x'],
    });
  });

  it.each([
    [undefined, 'execution timed out after 5000 ms'],
    [700, 'execution timed out after 700 ms'],
  ])('answers 408 with the output so far when the time is up (%s)', async (timeout_ms, detail) => {
    const executor = new FakeExecutor((input) => fakeResult(input, { status: 'timeout', exitCode: 137 }));
    const response = await gateway({ executor }).inject({
      method: 'POST',
      url: '/api/execute',
      payload: { ...hello, timeout_ms },
    });
    expect(response.statusCode).toBe(408);
    expect(response.json()).toMatchObject({ detail, code: 'execution_timeout', stdout: 'Hello, World!\n' });
  });

  it('answers 200 for a program that fails', async () => {
    const executor = new FakeExecutor((input) =>
      fakeResult(input, { status: 'runtime_error', exitCode: 139, signal: 'SIGSEGV' }),
    );
    const response = await gateway({ executor }).inject({
      method: 'POST',
      url: '/api/execute',
      payload: hello,
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ exit_code: 139, signal: 'SIGSEGV', status: 'runtime_error' });
  });

  it('lets the executor judge the range of the limits', async () => {
    const executor = new FakeExecutor(() => {
      throw new TvmError('limit_out_of_range', 'memory_mb: 9999 is out of range');
    });
    const response = await gateway({ executor }).inject({
      method: 'POST',
      url: '/api/execute',
      payload: { ...hello, memory_mb: 9999 },
    });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({
      detail: 'memory_mb: 9999 is out of range',
      code: 'limit_out_of_range',
    });
  });

  it('names the languages when one is unknown', async () => {
    const executor = new FakeExecutor();
    const response = await gateway({ executor }).inject({
      method: 'POST',
      url: '/api/execute',
      payload: { code: '1', language: 'cobol' },
    });
    expect(response.statusCode).toBe(400);
    expect(response.json<{ detail: string }>().detail).toContain(
      'unknown language "cobol"; supported: python',
    );
    expect(executor.inputs).toEqual([]);
  });

  it('echoes a valid X-Request-Id in the header only', async () => {
    const app = gateway();
    const send = async (id: string) =>
      app.inject({ method: 'POST', url: '/api/execute', headers: { 'x-request-id': id }, payload: hello });
    const good = await send('my-Id_1.0');
    expect(good.headers['x-request-id']).toBe('my-Id_1.0');
    expect(good.json<{ request_id: string }>().request_id).toMatch(UUID);
    for (const bad of ['a b', 'x'.repeat(129), 'é', '']) {
      const response = await send(bad);
      expect(response.headers['x-request-id']).toBe(response.json<{ request_id: string }>().request_id);
    }
  });
});

describe('POST /execute', () => {
  it('runs the example of the guide', async () => {
    const executor = new FakeExecutor();
    const response = await gateway({ executor }).inject({
      method: 'POST',
      url: '/execute',
      payload: { ...hello, timeout: 10 },
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ output: 'Hello, World!\n', error: null, success: true });
    expect(executor.inputs[0]).toMatchObject({ limits: { timeoutMs: 10_000 }, defaultTimeoutMs: 60_000 });
  });

  it.each([
    [0.25, 250],
    [0.0001, 1],
    [0.1 + 0.2, 300],
    [undefined, undefined],
  ])('passes a timeout of %s s as %s ms', async (timeout, timeoutMs) => {
    const executor = new FakeExecutor();
    await gateway({ executor }).inject({ method: 'POST', url: '/execute', payload: { ...hello, timeout } });
    expect(executor.inputs[0]?.limits.timeoutMs).toBe(timeoutMs);
  });

  it.each([
    ['python', 60.0001, 'timeout: 60.0001 is out of range; allowed for Python: above 0 to 60 seconds'],
    [
      'javascript',
      31,
      'timeout: 31 is out of range; allowed for JavaScript (Node.js): above 0 to 30 seconds',
    ],
  ])('refuses a timeout above the cap of %s', async (language, timeout, detail) => {
    const response = await gateway().inject({
      method: 'POST',
      url: '/execute',
      payload: { code: '1', language, timeout },
    });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ detail, code: 'limit_out_of_range' });
  });

  it('answers 200 on a timeout and names the limit that was in force', async () => {
    const executor = new FakeExecutor((input) => fakeResult(input, { status: 'timeout', exitCode: 137 }));
    const response = await gateway({ executor }).inject({
      method: 'POST',
      url: '/execute',
      payload: { code: '1', language: 'javascript' },
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ success: false, error: 'execution timed out after 30 s' });
  });
});

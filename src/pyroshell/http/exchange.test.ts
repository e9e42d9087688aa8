import { describe, expect, it } from 'vitest';
import { FakeExecutor } from '../../../test/doubles/fake-executor.ts';
import { gateway } from '../../../test/doubles/gateway.ts';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import { TvmError } from '../../errors.ts';

const SECRET = 'SECRET';
const payload = {
  code: `print("${SECRET}")`,
  language: 'py',
  stdin: SECRET,
  args: [SECRET],
};

describe('the log', () => {
  it('has one line for an execution, without source, args, stdin or output', async () => {
    const { logger, lines } = recordingLogger();
    const response = await gateway({ logger }).inject({
      method: 'POST',
      url: `/execute?${SECRET}=1`,
      headers: { 'x-request-id': 'client-1' },
      payload,
    });
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'info',
        msg: 'request',
        request_id: response.json<{ request_id: string }>().request_id,
        client_request_id: 'client-1',
        method: 'POST',
        route: '/execute',
        status: 200,
        duration_ms: expect.any(Number) as number,
        bytes_in: Buffer.byteLength(JSON.stringify(payload)),
        bytes_out: Buffer.byteLength(response.body),
        language: 'python',
        execution_status: 'ok',
        error_code: null,
      }),
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/SECRET|Hello/);
  });

  it.each([
    ['an unknown path', `/${SECRET}`, 'not_found', 404, null],
    ['an undecodable path', `/%zz${SECRET}`, 'invalid_request', 400, null],
    ['a wrong method', `/execute?${SECRET}`, 'method_not_allowed', 405, null],
  ])('has one line for %s', async (_name, url, error_code, status, route) => {
    const { logger, lines } = recordingLogger();
    await gateway({ logger }).inject(url);
    expect(lines).toEqual([expect.objectContaining({ error_code, status, route })]);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  it('does not repeat what a client wrote into a field that is refused', async () => {
    const { logger, lines } = recordingLogger();
    const app = gateway({ logger });
    await app.inject({ method: 'POST', url: '/execute', payload: { ...payload, language: SECRET } });
    await app.inject({ method: 'POST', url: '/execute', payload: { ...payload, [SECRET]: 1 } });
    await app.inject({
      method: 'POST',
      url: '/execute',
      headers: { 'content-type': 'application/json' },
      payload: SECRET,
    });
    expect(lines.map((line) => line['error_code'])).toEqual([
      'unknown_language',
      'invalid_request',
      'malformed_body',
    ]);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  it('has cause and stack of a fault of ours', async () => {
    const { logger, lines } = recordingLogger();
    const cause = new Error('the monitor died');
    const executor = new FakeExecutor(() => {
      throw new TvmError('vm_failed', 'the microVM failed', { cause, context: { vm: 'a1' } });
    });
    await gateway({ logger, executor }).inject({ method: 'POST', url: '/execute', payload });
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        msg: 'request failed',
        error_code: 'vm_failed',
        error: 'the microVM failed',
        context: { vm: 'a1' },
        cause: { message: 'the monitor died', stack: cause.stack },
      }),
      expect.objectContaining({ msg: 'request', status: 500, error_code: 'vm_failed' }),
    ]);
    expect(lines[0]?.['request_id']).toBe(lines[1]?.['request_id']);
  });
});

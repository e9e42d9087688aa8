import { describe, expect, it } from 'vitest';
import { FakeExecutor } from '../../../test/doubles/fake-executor.ts';
import { gateway } from '../../../test/doubles/gateway.ts';
import { TvmError } from '../../errors.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

async function post(payload: string | Buffer, headers: Record<string, string> = JSON_TYPE) {
  return gateway().inject({ method: 'POST', url: '/api/execute', headers, payload });
}

describe('bodies that are refused', () => {
  it.each<[string, string | Buffer, string]>([
    ['nothing', '', 'body: empty; send one JSON object'],
    ['half a text', '{"code":', 'body: not valid JSON: it ends too early'],
    ['a wrong token', '{"code": x}', 'body: not valid JSON'],
    ['a wrong place', '{"code":1,}', 'body: not valid JSON at position 10'],
    ['two values', '{} {}', 'body: not valid JSON at position 3'],
    ['an array', '[]', 'body: must be one JSON object'],
    ['a number', '3', 'body: must be one JSON object'],
    ['null', 'null', 'body: must be one JSON object'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'body: not valid UTF-8'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'body: not valid UTF-8'],
    ['a byte order mark', '\ufeff{}', 'body: must not begin with a byte order mark'],
    ['an open nesting bomb', '['.repeat(100_000), 'body: must nest arrays and objects at most 4 deep'],
    [
      'a closed nesting bomb',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      'body: must nest arrays and objects at most 4 deep',
    ],
    [
      'a nesting bomb in a field',
      `{"language":"python","code":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
      'body: must nest arrays and objects at most 4 deep',
    ],
    [
      'any number of elements',
      `{"language":"python","code":"1","args":[${'{},'.repeat(1000)}{}]}`,
      'body: must hold at most 1,000 of { [ , : outside strings',
    ],
  ])('%s', async (_name, payload, detail) => {
    const response = await post(payload);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ detail });
  });

  it('never quotes the body of a request that is no JSON', async () => {
    const secrets = await Promise.all(
      ['secret', '{"code":"secret}', 'secret at position 5'].map(async (s) => post(s)),
    );
    for (const response of secrets) expect(response.body).not.toContain('secret');
  });

  it('takes __proto__ for an unknown field and pollutes nothing', async () => {
    const response = await post('{"code":"1","language":"python","__proto__":{"polluted":true}}');
    expect(response.statusCode).toBe(400);
    expect(response.json<{ detail: string }>().detail).toContain('__proto__: unknown field');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('lets the last of duplicate keys count', async () => {
    const executor = new FakeExecutor();
    await gateway({ executor }).inject({
      method: 'POST',
      url: '/api/execute',
      headers: JSON_TYPE,
      payload: '{"code":"1","language":"python","code":"2"}',
    });
    expect(executor.inputs[0]?.code).toBe('2');
  });

  it('is over the limit by its length or by its bytes', async () => {
    const response = await post(`{"code":"${'x'.repeat(8_388_608)}"}`);
    expect(response.statusCode).toBe(413);
    expect(response.json()).toMatchObject({
      detail: 'body: must be at most 8,388,608 bytes',
      code: 'body_too_large',
    });
  });

  it('takes a megabyte of code that escapes made six', async () => {
    const executor = new FakeExecutor();
    const code = '\\u0041'.repeat(1_000_000);
    const response = await gateway({ executor }).inject({
      method: 'POST',
      url: '/api/execute',
      headers: JSON_TYPE,
      payload: `{"language":"python","code":"${code}"}`,
    });
    expect(response.statusCode).toBe(200);
    expect(executor.inputs[0]?.code).toBe('A'.repeat(1_000_000));
  });
});

describe('content types', () => {
  const body = '{"code":"1","language":"python"}';

  it.each([
    'application/json',
    'Application/JSON',
    'application/json;charset=utf-8',
    'application/json; charset="UTF-8"',
  ])('takes %s', async (type) => {
    expect((await post(body, { 'content-type': type })).statusCode).toBe(200);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/json; charset=latin1',
    'application/json; charset=utf-8; charset=utf-8',
    'application/json; profile=x',
    'nonsense',
    '',
  ])('refuses %j', async (type) => {
    const response = await post(body, { 'content-type': type });
    expect(response.statusCode).toBe(415);
    expect(response.json()).toMatchObject({ code: 'unsupported_media_type' });
  });

  it('refuses a body without a type, and a compressed one', async () => {
    const untyped = await gateway().inject({
      method: 'POST',
      url: '/execute',
      payload: Buffer.from(body),
    });
    expect(untyped.statusCode).toBe(415);
    expect((await post(body, { ...JSON_TYPE, 'content-encoding': 'gzip' })).statusCode).toBe(415);
  });

  it('asks for a body when there is none', async () => {
    const response = await gateway().inject({ method: 'POST', url: '/api/execute' });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({
      detail: 'body: must be one JSON object',
      code: 'malformed_body',
    });
  });
});

describe('routes', () => {
  it('names method and path of an unknown one, without the query', async () => {
    const response = await gateway().inject({ method: 'POST', url: `/nope?secret=1`, payload: {} });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ detail: 'POST /nope: no such endpoint', code: 'not_found' });
  });

  it('cuts a long path', async () => {
    const response = await gateway().inject(`/${'x'.repeat(5000)}`);
    expect(response.statusCode).toBe(404);
    expect(response.json<{ detail: string }>().detail).toBe(`GET /${'x'.repeat(199)}…: no such endpoint`);
  });

  it.each([
    ['GET', '/api/execute', 'POST'],
    ['HEAD', '/execute', 'POST'],
    ['OPTIONS', '/api/execute', 'POST'],
    ['POST', '/api/health', 'GET, HEAD'],
    ['DELETE', '/', 'GET, HEAD'],
    ['PUT', '/debug/vm-pools', 'GET, HEAD'],
    ['OPTIONS', '/health?x=1', 'GET, HEAD'],
  ] as const)('refuses %s %s with Allow: %s', async (method, url, allow) => {
    const response = await gateway().inject({ method, url });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe(allow);
  });

  it('names the method that is not allowed', async () => {
    const response = await gateway().inject({ method: 'DELETE', url: '/health?x=1' });
    expect(response.json()).toMatchObject({
      detail: 'DELETE /health: method not allowed; use GET, HEAD',
      code: 'method_not_allowed',
    });
  });

  it('refuses a path that cannot be decoded', async () => {
    const response = await gateway().inject('/%zz');
    expect(response.statusCode).toBe(400);
    expect(response.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(response.json()).toEqual({
      detail: 'url: not a valid path',
      code: 'invalid_request',
      request_id: response.headers['x-request-id'],
    });
  });
});

describe('errors of the executor', () => {
  async function failing(error: unknown) {
    const executor = new FakeExecutor(() => {
      throw error;
    });
    return gateway({ executor }).inject({
      method: 'POST',
      url: '/execute',
      payload: { code: '1', language: 'python' },
    });
  }

  it.each([
    [undefined, '1'],
    [2.1, '3'],
  ])('carries Retry-After on 503 (%s)', async (retryAfterSeconds, header) => {
    const options = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    const response = await failing(new TvmError('overloaded', 'too many requests wait', options));
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe(header);
    expect(response.json()).toEqual({
      detail: 'too many requests wait',
      code: 'overloaded',
      request_id: response.headers['x-request-id'],
    });
  });

  it.each([
    [new Error('secret /etc/path')],
    [Object.assign(new Error('secret'), { code: 'ECONNRESET' })],
    ['secret'],
    [undefined],
  ])('hides an unexpected one: %s', async (error) => {
    const response = await failing(error);
    expect(response.statusCode).toBe(500);
    expect(response.json()).toEqual({
      detail: 'internal error',
      code: 'internal',
      request_id: response.headers['x-request-id'],
    });
  });
});

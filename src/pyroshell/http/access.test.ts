import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeExecutor, fakeResult } from '../../../test/doubles/fake-executor.ts';
import { listeningGateway, openSocket, readToEnd } from '../../../test/doubles/gateway.ts';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import { silentLogger } from '../../observability/log.ts';
import type { ExecutionResult } from '../../pyrovm/engine/execution.ts';
import { hashKey, makeKey } from '../access/api-key.ts';
import { changeKeyFile } from '../access/key-file.ts';
import { KeyRing } from '../access/key-ring.ts';
import { ENDPOINTS } from './endpoints.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-access-'));
  file = join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const hello = { code: 'print("Hello, World!")', language: 'python' };

async function makeKeys(...names: readonly string[]): Promise<string[]> {
  const made = names.map((name) => ({ name, key: makeKey() }));
  const createdAt = new Date().toISOString();
  await changeKeyFile(file, () => made.map(({ name, key }) => ({ name, sha256: hashKey(key), createdAt })));
  return made.map(({ key }) => key);
}

const ring = () => new KeyRing(file, silentLogger());

async function ask(url: string, headers: Record<string, string> = {}, body?: object): Promise<Response> {
  const json = body && { method: 'POST', body: JSON.stringify(body) };
  return fetch(url, {
    ...json,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
  });
}

/** An executor whose programs end when they are told to. */
function heldExecutor() {
  const held: (() => void)[] = [];
  const executor = new FakeExecutor(
    async (input) => new Promise<ExecutionResult>((resolve) => held.push(() => resolve(fakeResult(input)))),
  );
  return { executor, held };
}

const guarded = ENDPOINTS.filter(({ path }) => !path.endsWith('/health'));

describe('with an API key', () => {
  it.each(guarded)('$method $path needs it', async ({ method, path }) => {
    const [key = ''] = await makeKeys('ci');
    const executor = new FakeExecutor();
    await using shell = await listeningGateway({ keys: ring(), executor });
    const body = method === 'POST' ? hello : undefined;
    for (const headers of [{}, { 'x-api-key': makeKey() }, { authorization: `Bearer ${makeKey()}` }]) {
      const refused = await ask(shell.url + path, headers, body);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="tvm"');
      expect(await refused.json()).toMatchObject({
        detail: expect.stringMatching(/^authorization: /) as string,
        code: 'unauthenticated',
      });
    }
    expect(executor.inputs).toEqual([]);
    for (const headers of [
      { 'x-api-key': key },
      { authorization: `Bearer ${key}` },
      { Authorization: `bearer  ${key}` },
    ]) {
      expect((await ask(shell.url + path, headers, body)).status).toBe(200);
    }
  });

  it.each([
    '/nothing',
    '/api/executes',
    '//health',
    '/health/',
    '/HEALTH',
    '/api/health/../execute',
    '/%68ealth/x',
  ])('%s is not open, whatever it is', async (path) => {
    await makeKeys('ci');
    await using shell = await listeningGateway({ keys: ring() });
    const socket = await openSocket(shell.url);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('strangers learn from health whether TVM is well, and nothing else', async () => {
    const [key = ''] = await makeKeys('ci');
    await using shell = await listeningGateway({ keys: ring() });
    for (const path of ['/health', '/api/health']) {
      for (const headers of [{}, { 'x-api-key': makeKey() }]) {
        const reply = await ask(shell.url + path, headers);
        expect(reply.status).toBe(200);
        expect(await reply.json()).toEqual({ status: 'healthy' });
      }
      expect(await (await ask(shell.url + path, { 'x-api-key': key })).json()).toMatchObject({
        version: '1.2.3',
      });
    }
  });

  it.each([
    ['another scheme', (key: string) => ({ authorization: `Basic ${key}` })],
    ['no scheme', (key: string) => ({ authorization: key })],
    ['two keys in one header', (key: string) => ({ authorization: `Bearer ${key}, Bearer ${key}` })],
    ['a key in the query', () => ({})],
    [
      'a wrong bearer token, though X-API-Key is right',
      (key: string) => ({ authorization: `Bearer ${makeKey()}`, 'x-api-key': key }),
    ],
  ])('%s is no key', async (_what, headers) => {
    const [key = ''] = await makeKeys('ci');
    await using shell = await listeningGateway({ keys: ring() });
    expect((await ask(`${shell.url}/metrics?key=${key}&api_key=${key}`, headers(key))).status).toBe(401);
  });

  it('a proxy’s own scheme leaves X-API-Key its word', async () => {
    const [key = ''] = await makeKeys('ci');
    await using shell = await listeningGateway({ keys: ring() });
    const headers = { authorization: 'Basic dTpw', 'x-api-key': key };
    expect((await ask(`${shell.url}/metrics`, headers)).status).toBe(200);
  });

  it('is refused as soon as it is revoked, and a new one accepted, while the service runs', async () => {
    const [a = '', b = ''] = await makeKeys('a', 'b');
    await using shell = await listeningGateway({ keys: ring() });
    const status = async (key: string): Promise<number> =>
      (await ask(`${shell.url}/api/execute`, { 'x-api-key': key }, hello)).status;
    expect([await status(a), await status(b)]).toEqual([200, 200]);
    await changeKeyFile(file, (keys) => keys.filter(({ name }) => name !== 'b'));
    await expect.poll(async () => status(b)).toBe(401);
    expect(await status(a)).toBe(200);
    const [c = ''] = await makeKeys('c');
    await expect.poll(async () => status(c)).toBe(200);
    expect(await status(a)).toBe(401);
  });

  it('is needed from the moment that the first one is made', async () => {
    await using shell = await listeningGateway({ keys: ring() });
    const status = async (): Promise<number> => (await ask(`${shell.url}/api/execute`, {}, hello)).status;
    expect(await status()).toBe(200);
    await makeKeys('ci');
    await expect.poll(status).toBe(401);
  });

  it('its name is in the log and it is the client in the queue; the key is nowhere', async () => {
    const [key = ''] = await makeKeys('ci');
    const { logger, line, lines } = recordingLogger();
    const executor = new FakeExecutor();
    await using shell = await listeningGateway({ keys: ring(), executor, logger });
    await ask(`${shell.url}/execute`, { 'x-api-key': key }, hello);
    expect(await line('request')).toMatchObject({ status: 200, key: 'ci' });
    expect(executor.inputs[0]?.client).toBe('key:ci');
    await ask(`${shell.url}/execute`, { 'x-api-key': makeKey() }, hello);
    await expect.poll(() => lines.length).toBe(2);
    expect(lines[1]).toMatchObject({ status: 401, key: null, error_code: 'unauthenticated' });
    expect(JSON.stringify(lines)).not.toMatch(/tvm_|[0-9a-f]{64}/);
  });

  it('a refused body is not read: what comes after it on the connection is served', async () => {
    await makeKeys('ci');
    await using shell = await listeningGateway({ keys: ring() });
    const socket = await openSocket(shell.url);
    const body = 'x'.repeat(100_000);
    socket.write(
      `POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 401 [^]*HTTP\/1\.1 200 /);
  });
});

describe('without an API key', () => {
  it('nothing is asked for, and one that is sent all the same does not matter', async () => {
    const executor = new FakeExecutor();
    await using shell = await listeningGateway({ keys: ring(), executor });
    expect((await ask(`${shell.url}/execute`, { 'x-api-key': makeKey() }, hello)).status).toBe(200);
    expect(executor.inputs[0]?.client).toMatch(/^(127\.0\.0\.1|0:0:0:0::\/64)$/);
  });
});

describe('the rate of a client', () => {
  const settings = { requests_per_second: 1, request_burst: 3 } as const;

  it('is refused with 429, a reason and Retry-After; health is not counted', async () => {
    await using shell = await listeningGateway({ settings: { ...settings, host: '127.0.0.1' } });
    const { url } = shell;
    const replies = await Promise.all(
      Array.from({ length: 100 }, async () => ask(`${url}/execute`, {}, hello)),
    );
    const refused = replies.filter(({ status }) => status === 429);
    expect(replies.filter(({ status }) => status === 200).length + refused.length).toBe(100);
    expect(refused.length).toBeGreaterThan(0);
    for (const reply of refused) {
      expect(reply.headers.get('retry-after')).toBe('1');
      expect(await reply.json()).toMatchObject({
        detail: 'too many requests: one client may send 1 per second, 3 at once',
        code: 'rate_limited',
        request_id: expect.any(String) as string,
      });
    }
    for (let i = 0; i < 10; i += 1) expect((await ask(`${url}/health`)).status).toBe(200);
  });

  it('is each key’s own; who guesses keys is bounded by his address', async () => {
    const [a = '', b = ''] = await makeKeys('a', 'b');
    await using shell = await listeningGateway({
      keys: ring(),
      settings: { host: '127.0.0.1', requests_per_second: 1, request_burst: 40 },
    });
    const { url } = shell;
    const guesses = await Promise.all(
      Array.from(
        { length: 120 },
        async () => (await ask(`${url}/metrics`, { 'x-api-key': makeKey() })).status,
      ),
    );
    expect(new Set(guesses)).toEqual(new Set([401, 429]));
    for (const key of [a, b]) {
      const statuses = await Promise.all(
        Array.from({ length: 30 }, async () => (await ask(`${url}/metrics`, { 'x-api-key': key })).status),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
  });
});

describe('the executions of a client', () => {
  it('are refused with 429 beyond the most; another key has its own', async () => {
    const [a = '', b = ''] = await makeKeys('a', 'b');
    const { executor, held } = heldExecutor();
    await using shell = await listeningGateway({
      keys: ring(),
      executor,
      settings: { executions_per_client: 2 },
    });
    const execute = async (key: string) => ask(`${shell.url}/execute`, { 'x-api-key': key }, hello);
    const running = [execute(a), execute(a)];
    await expect.poll(() => held.length).toBe(2);
    const refused = await execute(a);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      detail: 'too many executions: one client may have 2 at a time, those that wait included',
      code: 'rate_limited',
    });
    const other = execute(b);
    await expect.poll(() => held.length).toBe(3);
    for (const end of held) end();
    expect((await Promise.all([...running, other])).map(({ status }) => status)).toEqual([200, 200, 200]);
    const next = execute(a);
    await expect.poll(() => held.length).toBe(4);
    held[3]?.();
    expect((await next).status).toBe(200);
  });

  it('count from their headers on, so that no body is read in vain; what is refused later gives its place back', async () => {
    const { executor, held } = heldExecutor();
    await using shell = await listeningGateway({
      executor,
      settings: { host: '127.0.0.1', executions_per_client: 1 },
    });
    const head = 'POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const first = await openSocket(shell.url);
    first.write(`${head}Content-Length: 1000\r\n\r\n{`);
    await expect.poll(async () => (await ask(`${shell.url}/execute`, {}, {})).status).toBe(429);
    const second = await openSocket(shell.url);
    second.write(`${head}Content-Length: 1000\r\n\r\n`);
    const [reply] = (await once(second, 'data')) as [Buffer];
    expect(reply.toString()).toMatch(/^HTTP\/1\.1 429 /);
    first.destroy();
    second.destroy();
    await expect.poll(async () => (await ask(`${shell.url}/execute`, {}, {})).status).toBe(400);
    for (let i = 0; i < 3; i += 1) expect((await ask(`${shell.url}/execute`, {}, {})).status).toBe(400);
    const last = ask(`${shell.url}/execute`, {}, hello);
    await expect.poll(() => held.length).toBe(1);
    held[0]?.();
    expect((await last).status).toBe(200);
  });

  it('count until their machine is gone, though the client has left', async () => {
    const { executor, held } = heldExecutor();
    await using shell = await listeningGateway({
      executor,
      settings: { host: '127.0.0.1', executions_per_client: 1 },
    });
    const body = JSON.stringify(hello);
    const socket = await openSocket(shell.url);
    socket.write(
      `POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await expect.poll(() => held.length).toBe(1);
    socket.destroy();
    expect((await ask(`${shell.url}/execute`, {}, hello)).status).toBe(429);
    held[0]?.();
    const next = ask(`${shell.url}/execute`, {}, hello);
    await expect.poll(() => held.length).toBe(2);
    held[1]?.();
    expect((await next).status).toBe(200);
  });
});

describe('a web page of another site', () => {
  const body = JSON.stringify(hello);
  const page = { host: 'localhost', origin: 'http://evil.example' };

  // What a browser sends without asking the server first.
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain;application/json',
  ])('runs nothing with content type %s, also without an Origin', async (type) => {
    const executor = new FakeExecutor();
    await using shell = await listeningGateway({ executor, settings: { host: '127.0.0.1' } });
    const reply = await fetch(`${shell.url}/execute`, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    });
    expect(reply.status).toBe(415);
    expect(executor.inputs).toEqual([]);
  });

  it('gets no leave to send JSON, with or without keys', async () => {
    await using open = await listeningGateway({ settings: { host: '0.0.0.0' } });
    await makeKeys('ci');
    await using closed = await listeningGateway({ keys: ring() });
    for (const { url } of [open, closed]) {
      const reply = await fetch(`${url}/execute`, {
        method: 'OPTIONS',
        headers: {
          origin: page.origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
      expect(reply.ok).toBe(false);
      expect([...reply.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });
});

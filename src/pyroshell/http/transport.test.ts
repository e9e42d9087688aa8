import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FakeExecutor } from '../../../test/doubles/fake-executor.ts';
import { gatewayOptions, listeningGateway, openSocket, readToEnd } from '../../../test/doubles/gateway.ts';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import type { TvmError } from '../../errors.ts';
import type { ExecutionInput, ExecutionResult } from '../../pyrovm/engine/execution.ts';
import { startPyroshell } from './server.ts';

const hello = JSON.stringify({ code: '1', language: 'python' });

function request(body: string, headers = ''): string {
  return `POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** An executor that never ends by itself; the promises settle when all runs have begun and when all are aborted. */
function endlessExecutor({ runs = 1, signals = [] as AbortSignal[] } = {}) {
  let began: (input: ExecutionInput) => void = () => {};
  let ended: () => void = () => {};
  const running = new Promise<ExecutionInput>((resolve) => (began = resolve));
  const aborted = new Promise<void>((resolve) => (ended = resolve));
  const executor = new FakeExecutor(async (input, { signal }) => {
    if (signals.push(signal) === runs) began(input);
    return new Promise<ExecutionResult>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        if (signals.every((each) => each.aborted)) ended();
        reject(signal.reason as Error);
      });
    });
  });
  return { executor, running, aborted };
}

describe('listeners', () => {
  it('serve the same API on both ports and both loopback addresses', async () => {
    await using shell = await listeningGateway({ settings: { second_port: 0 } });
    expect(shell.addresses).toHaveLength(2);
    for (const address of shell.addresses) {
      const { port } = new URL(address);
      expect(address).toBe(`http://localhost:${port}`);
      for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
        const response = await fetch(`http://${host}:${port}/execute`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: hello,
        });
        expect(response.status).toBe(200);
        expect(await response.json()).toMatchObject({ output: 'Hello, World!\n' });
      }
    }
  });

  it.each([
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['::1', /^http:\/\/\[::1\]:\d+$/],
    ['0.0.0.0', /^http:\/\/0\.0\.0\.0:\d+$/],
  ])('listen on %s alone', async (host, address) => {
    await using shell = await listeningGateway({ settings: { host } });
    expect(shell.url).toMatch(address);
    expect((await fetch(`${shell.url}/health`)).status).toBe(200);
  });

  it('name the busy port and the setting, and leave nothing bound', async () => {
    await using other = await listeningGateway();
    const busy = Number(new URL(other.url).port);
    await using free = await listeningGateway();
    const port = Number(new URL(free.url).port);
    await free.close();

    const settings = { host: 'localhost', port, second_port: busy, security_level: 'sandbox' } as const;
    await expect(startPyroshell(gatewayOptions({ settings }))).rejects.toMatchObject({
      code: 'host_unready',
      message: `port ${busy} on 127.0.0.1 is in use by another program; stop it or set TVM_SECOND_PORT to another port or to off`,
    });
    await expect(startPyroshell(gatewayOptions({ settings: { port: busy } }))).rejects.toMatchObject({
      message: `port ${busy} on 127.0.0.1 is in use by another program; stop it or set TVM_PORT to another port`,
    });
    await using again = await listeningGateway({ settings: { port } });
    expect(again.url).toBe(`http://localhost:${port}`);
  });

  it('are one when both ports are the same', async () => {
    const free = await listeningGateway();
    const port = Number(new URL(free.url).port);
    await free.close();
    await using shell = await listeningGateway({ settings: { port, second_port: port } });
    expect(shell.addresses).toEqual([`http://localhost:${port}`]);
  });

  it('take a port that is busy on ::1 for busy', async () => {
    await using other = await listeningGateway({ settings: { host: '::1' } });
    const port = Number(new URL(other.url).port);
    await expect(startPyroshell(gatewayOptions({ settings: { port } }))).rejects.toMatchObject({
      code: 'host_unready',
      message: expect.stringContaining(`port ${port} on ::1 is in use`) as string,
    });
  });

  it('say so when the host is not of this machine', async () => {
    await expect(startPyroshell(gatewayOptions({ settings: { host: '192.0.2.1' } }))).rejects.toMatchObject({
      code: 'host_unready',
      message: '192.0.2.1 is no address of this machine; correct TVM_HOST',
    });
  });
});

describe('a client that goes away', () => {
  it('aborts its execution and is logged as 499', async () => {
    const { executor, running, aborted } = endlessExecutor();
    const { logger, line, lines } = recordingLogger();
    await using shell = await listeningGateway({ executor, logger });
    const socket = await openSocket(shell.url);
    socket.write(request(hello));
    const { requestId } = await running;
    socket.destroy();
    await aborted;
    expect(await line('request')).toMatchObject({
      request_id: requestId,
      route: '/execute',
      status: 499,
      bytes_out: 0,
      error_code: 'client_closed_request',
    });
    await shell.close();
    expect(lines).toHaveLength(1);
  });

  it('aborts pipelined executions too', async () => {
    const signals: AbortSignal[] = [];
    const { executor, running, aborted } = endlessExecutor({ runs: 2, signals });
    await using shell = await listeningGateway({ executor });
    const socket = await openSocket(shell.url);
    socket.write(request(hello) + request(hello));
    await running;
    socket.destroy();
    await aborted;
    expect(signals.map((signal) => (signal.reason as TvmError).code)).toEqual([
      'client_closed_request',
      'client_closed_request',
    ]);
  });

  it('is nothing to the executor when its reply was sent', async () => {
    let signal: AbortSignal | undefined;
    const executor = new FakeExecutor();
    const { script } = executor;
    executor.script = (input, options) => {
      ({ signal } = options);
      return script(input, options);
    };
    const shell = await listeningGateway({ executor });
    const socket = await openSocket(shell.url);
    socket.write(request(hello));
    await once(socket, 'data');
    socket.destroy();
    await shell.close();
    expect(signal?.aborted).toBe(false);
  });

  it('in the middle of its body harms nobody', async () => {
    const { logger, line, lines } = recordingLogger();
    await using shell = await listeningGateway({ logger });
    const socket = await openSocket(shell.url);
    socket.write(request(hello, 'Expect: 100-continue\r\n').slice(0, -5));
    await once(socket, 'data');
    socket.destroy();
    expect(await line('request')).toMatchObject({ status: 499 });
    expect((await fetch(`${shell.url}/health`)).status).toBe(200);
    expect(lines.map((entry) => entry['status'])).toEqual([499, 200]);
  });
});

describe('bytes on the wire', () => {
  it('too large a body gets its 413 although the client still sends', async () => {
    await using shell = await listeningGateway();
    const response = await fetch(`${shell.url}/api/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'x'.repeat(9_000_000),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ detail: 'body: must be at most 8,388,608 bytes' });
  });

  it('a chunked body without end gets its 413 at the limit', async () => {
    await using shell = await listeningGateway();
    const socket = await openSocket(shell.url);
    socket.write(
      'POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    socket.write(`${(8_388_609).toString(16)}\r\n${'x'.repeat(8_388_609)}\r\n`);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    expect(reply.toString()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('a declared length above the limit gets its 413 before any byte', async () => {
    await using shell = await listeningGateway();
    const socket = await openSocket(shell.url);
    socket.write(
      'POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 8388609\r\n\r\n',
    );
    const [reply] = (await once(socket, 'data')) as [Buffer];
    expect(reply.toString()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 'not a valid HTTP request'],
    ['a bad header', 'GET / HTTP/1.1\r\nHost: localhost\r\nx y\r\n\r\n', 'not a valid HTTP request'],
    [
      'large headers',
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      'the headers are too large',
    ],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 'host: the Host header is required'],
    ['no Host in 1.0', 'GET / HTTP/1.0\r\n\r\n', 'host: the Host header is required'],
    [
      'an unknown expectation',
      'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n\r\n',
      'expect: only 100-continue is supported',
    ],
    [
      'a bad chunk',
      'POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      'not a valid HTTP request',
    ],
  ])('%s is answered with 400 and a JSON body', async (_name, bytes, detail) => {
    const { logger, lines } = recordingLogger();
    await using shell = await listeningGateway({ logger });
    const socket = await openSocket(shell.url);
    socket.write(bytes);
    const reply = await readToEnd(socket);
    expect(reply).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    const [head = '', body = ''] = reply.split('\r\n\r\n');
    expect(head.toLowerCase()).toContain('content-type: application/json');
    expect(JSON.parse(body)).toMatchObject({ detail, code: 'invalid_request' });
    expect(lines.map((entry) => entry['status'])).toEqual([400]);
  });

  it.each([
    ['OPTIONS * HTTP/1.1', 404],
    ['PROPFIND /x HTTP/1.1', 404],
    ['GET http://localhost/api/health HTTP/1.1', 200],
    ['GET nonsense HTTP/1.1', 400],
    ['GET // HTTP/1.1', 404],
  ])('%s is answered with %i', async (line, status) => {
    await using shell = await listeningGateway();
    const socket = await openSocket(shell.url);
    socket.write(`${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(await readToEnd(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('HEAD has the headers of GET and no body', async () => {
    await using shell = await listeningGateway();
    const socket = await openSocket(shell.url);
    socket.write('HEAD /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 [^]*content-length: [1-9]\d*\r\n[^]*\r\n\r\n$/);
  });

  it('a refused body leaves the connection usable', async () => {
    await using shell = await listeningGateway();
    const socket = await openSocket(shell.url);
    socket.write(`${request('nope')}GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 400 [^]*HTTP\/1\.1 200 /);
  });
});

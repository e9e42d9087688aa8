import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { fakeResult, FakeExecutor } from '../../../test/doubles/fake-executor.ts';
import { gateway, openSocket, readToEnd } from '../../../test/doubles/gateway.ts';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import { bindServer } from './node-server.ts';
import type { ServerBounds } from './node-server.ts';

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const BIG = 'x'.repeat(12_000_000);

/** A server of one address and its log. */
async function bound(handler: RequestListener, bounds: Partial<ServerBounds> = {}) {
  const patience = { stalled: 5000, total: 60_000 };
  const log = recordingLogger();
  const server = await bindServer({ host: '127.0.0.1', port: 0 }, handler, log.logger, {
    patience,
    connections: 1000,
    ...bounds,
  });
  return { ...log, close: async () => server.close(), url: `http://127.0.0.1:${server.port}` };
}

/** A connection that has sent its request and read the first bytes of a large reply. */
async function readingClient(url: string): Promise<Socket> {
  const socket = await openSocket(url);
  socket.write(GET);
  await once(socket, 'readable');
  return socket;
}

/** Reads in small steps with pauses; returns the bytes. */
async function readSlowly(socket: Socket, pauseMs = 2): Promise<number> {
  let size = 0;
  for await (const chunk of socket) {
    size += (chunk as Buffer).length;
    await sleep(pauseMs);
  }
  return size;
}

describe('closing', () => {
  const big: RequestListener = (_request, response) => {
    response.setHeader('content-length', BIG.length).end(BIG);
  };

  it('lets a slow client read its whole reply', async () => {
    const { url, close } = await bound(big);
    const socket = await readingClient(url);
    const closed = close();
    expect(await readSlowly(socket)).toBeGreaterThan(BIG.length);
    await closed;
  });

  it('lets a slow client read the reply that is complete only then', async () => {
    const waiting: ServerResponse[] = [];
    const { url, close } = await bound((_request, response) => waiting.push(response));
    const socket = await openSocket(url);
    socket.write(GET);
    await expect.poll(() => waiting.length).toBe(1);
    const closed = close();
    waiting[0]?.end(BIG);
    expect(await readSlowly(socket)).toBeGreaterThan(BIG.length);
    await closed;
  });

  it('waits for a client that reads for longer than it may pause', async () => {
    const { url, close } = await bound(big, { patience: { stalled: 1000, total: 60_000 } });
    const socket = await readingClient(url);
    const began = performance.now();
    const closed = close();
    expect(await readSlowly(socket, 15)).toBeGreaterThan(BIG.length);
    expect(performance.now() - began).toBeGreaterThan(2000);
    await closed;
  });

  it.each([
    ['never reads', { stalled: 200, total: 60_000 }],
    ['does not come to an end', { stalled: 5000, total: 200 }],
  ])('cuts a client that %s', async (_name, patience) => {
    const { url, close } = await bound(big, { patience });
    const socket = await readingClient(url);
    const began = performance.now();
    await close();
    expect(performance.now() - began).toBeGreaterThanOrEqual(190);
    expect(performance.now() - began).toBeLessThan(3000);
    socket.destroy();
  });

  it('does not count the time of a running request', async () => {
    let arrived = false;
    const { url, close } = await bound(
      (_request, response) => {
        arrived = true;
        setTimeout(() => response.end('at last'), 400);
      },
      { patience: { stalled: 50, total: 50 } },
    );
    const socket = await openSocket(url);
    socket.write(GET);
    await expect.poll(() => arrived).toBe(true);
    const closed = close();
    expect(await readToEnd(socket)).toMatch(/at last$/);
    await closed;
  });

  it('sends the replies of all requests that are pipelined, though the next is half-received', async () => {
    const waiting: (() => void)[] = [];
    const { url, close } = await bound((request, response) =>
      waiting.push(() => void response.end(`<${request.url}>`)),
    );
    const socket = await openSocket(url);
    const reply = readToEnd(socket);
    socket.write(GET.replace('/', '/a') + GET.replace('/', '/b'));
    socket.write('POST /c HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf');
    await expect.poll(() => waiting.length).toBe(3);
    const closed = close();
    waiting[0]?.();
    waiting[1]?.();
    await closed;
    expect(await reply).toMatch(/<\/a>[^]*<\/b>$/);
  });

  it('logs the reply that it cut as one that the client did not get', async () => {
    const { logger, line } = recordingLogger();
    const executor = new FakeExecutor((input) => fakeResult(input, { stdout: Buffer.from(BIG) }));
    const app = gateway({ executor, logger });
    await app.ready();
    const { url, close } = await bound((request, response) => app.routing(request, response), {
      patience: { stalled: 100, total: 1000 },
    });
    const socket = await openSocket(url);
    const body = '{"code":"1","language":"python"}';
    socket.write(
      `POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'readable');
    await close();
    expect(await line('request')).toMatchObject({ status: 499, error_code: 'client_closed_request' });
    socket.destroy();
  });
});

describe('the time of a connection', () => {
  const receipt = { headersTimeout: 300, requestTimeout: 400, connectionsCheckingInterval: 50 };
  const HEADERS = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(5000)}`;
  const POST = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n';

  it.each([
    ['says nothing', '', ''],
    ['sends its headers slowly', '', HEADERS],
    ['sends its body slowly', POST, 'x'.repeat(900)],
  ])('ends for a client that %s', async (_what, atOnce, slowly) => {
    const { url, close } = await bound((request) => void request.resume(), { times: receipt });
    const socket = await openSocket(url);
    socket.on('error', () => {});
    const reply = readToEnd(socket);
    socket.write(atOnce);
    for (const byte of slowly) {
      if (!socket.writable) break;
      socket.write(byte);
      await sleep(20);
    }
    expect(await reply).toMatch(/^HTTP\/1\.1 400 [^]*the request did not arrive in time/);
    await close();
  });

  it('ends for a client that sends nothing further', async () => {
    const { url, close } = await bound((_request, response) => void response.end('here'), {
      times: { keepAliveTimeout: 200 },
    });
    const socket = await openSocket(url);
    socket.write(GET);
    expect(await readToEnd(socket)).toMatch(/here$/);
    await close();
  });

  it('ends for a client that does not read its reply', async () => {
    const replies: ServerResponse[] = [];
    const { url, close } = await bound((_request, response) => void replies.push(response.end(BIG)), {
      times: { unreadTimeout: 200 },
    });
    const socket = await readingClient(url);
    socket.on('error', () => {});
    await expect.poll(() => replies[0]?.closed).toBe(true);
    // What the kernel had taken already, and no more.
    let size = 0;
    socket.on('data', (chunk: Buffer) => (size += chunk.length));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(size).toBeLessThan(BIG.length);
    await close();
  });

  it('goes on for a client that reads slowly', async () => {
    const { url, close } = await bound((_request, response) => void response.end(BIG), {
      times: { unreadTimeout: 3000, keepAliveTimeout: 200 },
    });
    const socket = await readingClient(url);
    const began = performance.now();
    expect(await readSlowly(socket, 25)).toBeGreaterThan(BIG.length);
    expect(performance.now() - began).toBeGreaterThan(3000);
    await close();
  });

  it('goes on while a program runs, also while the second of two pipelined ones does', async () => {
    const waiting: ServerResponse[] = [];
    const { url, close } = await bound((_request, response) => waiting.push(response), {
      times: { unreadTimeout: 200, keepAliveTimeout: 200 },
    });
    const socket = await openSocket(url);
    const reply = readToEnd(socket);
    socket.write(GET.replace('/', '/a') + GET.replace('/', '/b'));
    await expect.poll(() => waiting.length).toBe(2);
    await sleep(500);
    waiting[0]?.end('<a>');
    await sleep(1000);
    waiting[1]?.end('<b>');
    expect(await reply).toMatch(/<a>[^]*<b>$/);
    await close();
  });
});

describe('the most connections', () => {
  it('closes those beyond, says so once, and serves again when one has gone', async () => {
    const { url, close, lines } = await bound((_request, response) => void response.end('here'), {
      connections: 2,
    });
    const kept = [await openSocket(url), await openSocket(url)];
    for (let i = 0; i < 20; i += 1) {
      const refused = await openSocket(url);
      refused.on('error', () => {});
      expect(await readToEnd(refused)).toBe('');
    }
    expect(lines).toEqual([
      expect.objectContaining({
        msg: 'cannot accept connections',
        error: '2 connections are open, which is the most',
      }),
    ]);
    kept[0]?.destroy();
    await sleep(50);
    const next = await openSocket(url);
    const reply = readToEnd(next);
    next.write(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    expect(await reply).toMatch(/here$/);
    await close();
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { HttpClient } from './http-client.ts';

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new HttpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client[Symbol.dispose]();
    server.closeAllConnections();
    server.close();
  });
  return { server, client };
}

const { signal } = new AbortController();

it('the client sends JSON and gives status and body of any reply', async () => {
  const { client } = await serve((request, response) => {
    response.statusCode = 503;
    request.pipe(response);
  });
  const body = { text: 'ü' };
  expect(await client.post('/x', body, signal)).toEqual({ status: 503, body, ms: expect.any(Number) });
});

it('the client keeps its connection', async () => {
  const { server, client } = await serve((request, response) => request.pipe(response));
  let connections = 0;
  server.on('connection', () => (connections += 1));
  for (let n = 0; n < 3; n += 1) await client.post('/', n, signal);
  expect(connections).toBe(1);
});

it('the client sends a burst at once', async () => {
  const waiting: (() => void)[] = [];
  const { client } = await serve((_request, response) => {
    waiting.push(() => response.end('1'));
    // None is answered before all have come.
    if (waiting.length === 20) for (const answer of waiting) answer();
  });
  const replies = await Promise.all(
    Array.from({ length: 20 }, async () => client.post('/', 1, AbortSignal.any([signal]))),
  );
  expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
});

it('the client goes away on abort, and fails when there is no whole reply', async () => {
  const abort = new AbortController();
  const { client } = await serve((request, response) => {
    if (request.url === '/wait') abort.abort();
    else response.destroy();
  });
  await expect(client.post('/wait', 1, abort.signal)).rejects.toThrow();
  await expect(client.post('/cut', 1, signal)).rejects.toThrow();
});

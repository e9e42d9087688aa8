import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FakeExecutor, fakeResult } from '../../../test/doubles/fake-executor.ts';
import { listeningGateway, openSocket, readToEnd } from '../../../test/doubles/gateway.ts';

const body = '{"code":"1","language":"python"}';
const post = `POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** An executor whose runs wait until they are let go. */
function gatedExecutor() {
  let open: () => void = () => {};
  let began: () => void = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const running = new Promise<void>((resolve) => (began = resolve));
  const executor = new FakeExecutor(async (input) => {
    began();
    await gate;
    return fakeResult(input);
  });
  return { executor, running, letGo: () => open() };
}

describe('closing', () => {
  it('is not held up by connections that are idle, silent or half-way through a request', async () => {
    const shell = await listeningGateway();
    const [idle, silent, halfHeaders, halfBody] = [
      await openSocket(shell.url),
      await openSocket(shell.url),
      await openSocket(shell.url),
      await openSocket(shell.url),
    ];
    idle.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
    halfHeaders.write('GET /health HTTP/1.1\r\nHo');
    halfBody.write(post.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n').slice(0, -1));
    await Promise.all([once(idle, 'data'), once(halfBody, 'data')]);
    const ended = Promise.all(
      [idle, silent, halfHeaders, halfBody].map(async (socket) => readToEnd(socket.on('error', () => {}))),
    );
    await shell.close();
    expect(await ended).toEqual(['', '', '', '']);
  });

  it('lets a running request finish, accepts no connection, and is idempotent', async () => {
    const { executor, running, letGo } = gatedExecutor();
    const shell = await listeningGateway({ executor });
    const socket = await openSocket(shell.url);
    const reply = readToEnd(socket);
    socket.write(post);
    await running;
    const closed = Promise.all([shell.close(), shell.close(), shell[Symbol.asyncDispose]()]);
    await expect(openSocket(shell.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    letGo();
    const text = await reply;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text.toLowerCase()).toContain('connection: close\r\n');
    expect(text).toContain('"output":"Hello, World!\\n"');
    await closed;
  });

  it('does not run a request that is pipelined behind a running one', async () => {
    const { executor, running, letGo } = gatedExecutor();
    const shell = await listeningGateway({ executor });
    const socket = await openSocket(shell.url);
    const reply = readToEnd(socket);
    socket.write(post);
    await running;
    const closed = shell.close();
    socket.write(post);
    letGo();
    expect(await reply).toMatch(/^HTTP\/1\.1 200 /);
    await closed;
    expect(executor.inputs).toHaveLength(1);
  });
});

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingLogger } from '../../../../test/doubles/recording-logger.ts';
import { FirecrackerApi } from './api.ts';

let folder: string;
let socket: string;
let server: Server;
let api: FirecrackerApi;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const log = recordingLogger();
const CALL = { method: 'PUT', path: '/vsock', body: { guest_cid: 3 }, timeoutMs: 200 } as const;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-api-'));
  socket = join(folder, 'api.sock');
  server = createServer((request, response) => answer(request, response));
  api = new FirecrackerApi({ socket, vmId: 'a', logger: log.logger, tail: () => 'last words' });
  log.lines.length = 0;
});
afterEach(async () => {
  await api.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

async function listen(): Promise<void> {
  server.listen(socket);
  await once(server, 'listening');
}

describe('the API of Firecracker', () => {
  it('is waited for while there is no socket', async () => {
    answer = (_, response) => response.end('{"firecracker_version":"1.15.1"}');
    const opened = api.open('1.15.1', () => false);
    await sleep(30);
    await listen();
    await opened;
    expect(log.lines).toEqual([]);
  });

  it('is not waited for when the process has ended', async () => {
    await expect(api.open('1.15.1', () => true)).rejects.toMatchObject({
      code: 'vm_failed',
      context: { vm_id: 'a', call: 'GET /version', tail: 'last words' },
    });
  });

  it.each(['{}', '[]', 'null', '"1.15.1"', '{"firecracker_version":1}', ''])(
    'does not say its version by %j',
    async (text) => {
      answer = (_, response) => response.end(text);
      await listen();
      await expect(api.open('1.15.1', () => false)).rejects.toMatchObject({ code: 'vm_failed' });
    },
  );

  it('is sent one JSON object a call', async () => {
    let heard: unknown;
    answer = (request, response) => {
      request.once('data', (body: Buffer) => {
        heard = [request.method, request.url, request.headers['content-type'], body.toString()];
        response.writeHead(204).end();
      });
    };
    await listen();
    await api.call(CALL);
    expect(heard).toEqual(['PUT', '/vsock', 'application/json', '{"guest_cid":3}']);
  });

  it('has to answer in time', async () => {
    answer = () => {};
    await listen();
    await expect(api.call(CALL)).rejects.toMatchObject({
      code: 'vm_failed',
      context: { call: 'PUT /vsock' },
    });
    expect(log.lines).toMatchObject([{ call: 'PUT /vsock', msg: 'firecracker did not answer' }]);
  });

  it.each([
    ['{"fault_message":"no such device"}', 'no such device'],
    ['not JSON', 'not JSON'],
    [`{"fault_message":"${'x'.repeat(5000)}"}`, 'x'.repeat(1000)],
  ])('is quoted, in part, in the log and not in the message: %.20s', async (text, fault) => {
    answer = (_, response) => response.writeHead(400).end(text);
    await listen();
    const error: unknown = await api.call(CALL).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'vm_failed', context: { fault, status: 400 } });
    expect(String(error)).toBe('TvmError: the VM process refused its configuration');
    expect(log.lines).toMatchObject([{ fault, status: 400, vm_id: 'a' }]);
  });
});

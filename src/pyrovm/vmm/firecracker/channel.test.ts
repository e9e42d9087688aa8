import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestChannel } from './channel.ts';

let folder: string;
let socketPath: string;
let server: Server;
let channel: GuestChannel | undefined;
let heard: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-channel-'));
  socketPath = join(folder, 'v.sock');
  heard = 0;
});
afterEach(() => {
  channel?.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

/** What Firecracker does with the connections, the first one first; the last entry is for all that follow. */
async function firecracker(...does: ((socket: Socket, line: string) => void)[]): Promise<void> {
  let count = 0;
  server = createServer((socket) => {
    const doIt = does[Math.min(count++, does.length - 1)];
    socket.on('error', () => {});
    socket.once('data', (line: Buffer) => doIt?.(socket, line.toString()));
  });
  server.listen(socketPath);
  await once(server, 'listening');
}

function open(): GuestChannel {
  channel = new GuestChannel({ socketPath, port: 886, onHeard: () => (heard += 1) });
  return channel;
}

const hangUp = (socket: Socket): void => void socket.destroy();
const echo = (socket: Socket): void => {
  socket.write('OK 1\n');
  socket.on('data', (chunk: Buffer) => socket.write(chunk));
};

async function text(stream: GuestChannel, length: number): Promise<string> {
  let said = '';
  while (said.length < length) {
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    said += chunk.toString();
  }
  return said;
}

describe('the channel to a guest', () => {
  it('asks for the port in one line and then is a byte stream', async () => {
    let asked = '';
    await firecracker((socket, line) => {
      asked = line;
      echo(socket);
    });
    const stream = open();
    stream.write('hello');
    expect(await text(stream, 5)).toBe('hello');
    expect(asked).toBe('CONNECT 886\n');
    expect(heard).toBe(1);
  });

  it('takes what comes in one piece with the answer', async () => {
    await firecracker((socket) => socket.write('OK 1073741824\nfirst words'));
    expect(await text(open(), 11)).toBe('first words');
  });

  it('tries again while there is no socket, and while nobody listens', async () => {
    const stream = open();
    stream.write('hello');
    await sleep(30);
    await firecracker(hangUp, hangUp, hangUp, echo);
    expect(await text(stream, 5)).toBe('hello');
  });

  it('says it all again when a connection breaks before the first word', async () => {
    const broken = (socket: Socket): void => {
      socket.write('OK 1\n');
      socket.once('data', () => socket.destroy());
    };
    await firecracker(broken, broken, echo);
    const stream = open();
    stream.write('one ');
    stream.write('two');
    expect(await text(stream, 7)).toBe('one two');
  });

  it('ends when a connection breaks after the first word', async () => {
    await firecracker((socket) => socket.end('OK 1\nbye'));
    const stream = open();
    stream.resume();
    await once(stream, 'close');
    expect(heard).toBe(1);
    expect(stream.readableEnded).toBe(true);
  });

  it.each(['NO\n', 'OK\n', `OK ${'1'.repeat(40)}`, 'x'.repeat(100), 'OK 1 2\n', '\n'])(
    'breaks when what answers is not Firecracker: %j',
    async (answer) => {
      await firecracker((socket) => socket.write(answer));
      const stream = open();
      await new Promise((resolve) => {
        stream.once('close', resolve);
      });
      expect(stream.errored).toMatchObject({ code: 'vm_failed' });
    },
  );

  it('ends when the VM is gone, connected or not', async () => {
    await firecracker(hangUp);
    const stream = open();
    stream.resume();
    await sleep(10);
    stream.finish();
    stream.finish();
    await once(stream, 'close');
    await new Promise<void>((resolve) => {
      stream.write('x', () => resolve());
    });
    await sleep(30);
    expect(heard).toBe(0);
  });

  it('gives what was said before the VM was gone', async () => {
    await firecracker((socket) => socket.write('OK 1\nlast words', () => socket.destroy()));
    const stream = open();
    await once(stream, 'readable');
    stream.finish();
    expect(await text(stream, 10)).toBe('last words');
    await once(stream, 'close');
  });

  it('carries more than it keeps, in both directions, at the pace of the reader', async () => {
    await firecracker(hangUp, echo);
    const stream = open();
    const size = 3 * 1024 * 1024;
    const sent = Buffer.alloc(size, 'abcdefg');
    stream.write(sent.subarray(0, 1024 * 1024));
    stream.write(sent.subarray(1024 * 1024));
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      if (Buffer.concat(chunks).length === size) break;
    }
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  it('stops trying when it is destroyed', async () => {
    let calls = 0;
    await firecracker((socket) => {
      calls += 1;
      socket.destroy();
    });
    const stream = open();
    await sleep(20);
    stream.destroy();
    await sleep(30);
    const before = calls;
    await sleep(50);
    expect(calls).toBe(before);
  });
});

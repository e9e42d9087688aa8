import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { duplexPair } from '../../../test/doubles/duplex-pair.ts';
import { AgentClient, GuestFailure, ProgramStartFailure } from './client.ts';
import { encodeFrame, FrameReader, PayloadReader, PayloadWriter } from './frames.ts';
import type { Frame } from './frames.ts';
import type { InitMessage, RunMessage } from './messages.ts';

const NONCE = randomBytes(16);
const INIT: InitMessage = {
  entropy: randomBytes(32),
  wallClockNs: 1n,
  vmId: 'v',
  hostname: 'h',
  scratchBytes: 1,
};
const RUN: RunMessage = {
  argv: ['true'],
  environment: [],
  cwd: '/',
  limits: { timeoutMs: 1000, memoryBytes: 1, maxProcesses: 1, outputBytes: 1, fileBytes: 1, openFiles: 1 },
};

const hello = (version = 2, nonce = NONCE): Buffer =>
  encodeFrame(0x41, new PayloadWriter().u16(version).u8(1).bytes(nonce).str('b').str('k').payload());
const ready = (flags = 7, nonce = NONCE): Buffer =>
  encodeFrame(0x42, new PayloadWriter().u8(flags).bytes(nonce).payload());
const started = (): Buffer => encodeFrame(0x43, Buffer.alloc(0));
const output = (data: string | Buffer, stream = 1): Buffer =>
  encodeFrame(0x44, Buffer.concat([Buffer.from([stream]), Buffer.from(data)]));
const exit = (code = 0): Buffer =>
  encodeFrame(0x45, new PayloadWriter().u8(0).u8(code).u8(0).u8(0).u64(5).u64(1).u64(2).u64(3).payload());
const error = (code: number, message: string): Buffer =>
  encodeFrame(0x46, new PayloadWriter().u16(code).str(message).payload());

/** A client and the guest's end of its channel. */
function converse() {
  const [channel, far] = duplexPair();
  const client = new AgentClient(channel);
  const reader = new FrameReader();
  const frames: Frame[] = [];
  let wake = (): void => {};
  far.on('data', (chunk: Buffer) => {
    frames.push(...reader.push(chunk));
    wake();
  });
  /** The next frame from the host. */
  const heard = async (): Promise<Frame> => {
    for (;;) {
      const frame = frames.shift();
      if (frame) return frame;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const say = (...parts: Buffer[]): void => void far.write(Buffer.concat(parts));
  return { client, channel, far, say, heard };
}

/** Runs a program and notes what the handlers are told. */
function runNoting(client: AgentClient, stdin: Buffer = Buffer.alloc(0)) {
  const noted: string[] = [];
  const ended = client.run(RUN, stdin, {
    onStarted: () => noted.push('started'),
    onOutput: (stream, data) => noted.push(`${stream}: ${data.toString()}`),
  });
  // A test may look at it later than it fails.
  ended.catch(() => {});
  return { noted, ended };
}

async function gone(channel: Duplex): Promise<void> {
  if (!channel.closed) await once(channel, 'close');
}

describe('the greeting', () => {
  it('is the agent’s first word', async () => {
    const { client, say } = converse();
    say(hello());
    expect(await client.hello()).toMatchObject({
      kind: 'hello',
      version: 2,
      rootMounted: true,
      nonce: NONCE,
    });
  });

  it('may come in pieces and late', async () => {
    const { client, say } = converse();
    const greeting = client.hello();
    for (const byte of hello()) {
      say(Buffer.from([byte]));
      await setImmediate();
    }
    expect(await greeting).toMatchObject({ nonce: NONCE });
  });

  it('of another generation is refused, naming both', async () => {
    const { client, say } = converse();
    say(hello(3));
    await expect(client.hello()).rejects.toThrow(new GuestFailure('the agent speaks generation 3, not 2'));
  });

  it.each([
    ['READY', ready(), 'unexpected message from the guest: ready'],
    ['OUTPUT', output('x'), 'unexpected message from the guest: output'],
    [
      'ERROR',
      error(5, 'no\u001B[31mdisk\n'),
      'unexpected message from the guest: internal error: no?[31mdisk?',
    ],
    ['an unknown frame', encodeFrame(0x50, Buffer.alloc(0)), 'the guest broke the protocol: frame type 80'],
    ['an impossible length', Buffer.alloc(4, 0xff), 'the guest broke the protocol: frame length 4294967295'],
  ])('is not %s', async (_what, bytes, message) => {
    const { client, say } = converse();
    say(bytes);
    await expect(client.hello()).rejects.toThrow(new GuestFailure(message));
  });

  it('never comes from a guest that is gone', async () => {
    const { client, far } = converse();
    const greeting = client.hello();
    far.destroy();
    await expect(greeting).rejects.toThrow(new GuestFailure('the guest is gone'));
    await expect(client.hello()).rejects.toThrow(GuestFailure);
  });

  it('is still heard when the guest is gone right after it', async () => {
    const { client, channel, far, say } = converse();
    say(hello());
    far.end();
    await gone(channel);
    expect(await client.hello()).toMatchObject({ kind: 'hello' });
    await expect(client.init(INIT, NONCE)).rejects.toThrow('the guest is gone');
  });
});

describe('the identity', () => {
  it('is sent, and READY with the same nonce and every bit is its end', async () => {
    const { client, say, heard } = converse();
    const done = client.init(INIT, NONCE);
    const frame = await heard();
    expect(frame.type).toBe(0x01);
    say(ready());
    await done;
  });

  it.each([
    ['another nonce', ready(7, randomBytes(16)), 'the guest answers with another nonce'],
    ['no fresh randomness', ready(6), 'the guest could not take its identity'],
    ['no clock', ready(5), 'the guest could not take its identity'],
    ['no name', ready(3), 'the guest could not take its identity'],
    ['a second HELLO', hello(), 'unexpected message from the guest: hello'],
    ['ERROR 6', error(6, 'no entropy'), 'unexpected message from the guest: setup error: no entropy'],
  ])('is refused with %s', async (_what, reply, message) => {
    const { client, say } = converse();
    const done = client.init(INIT, NONCE);
    say(reply);
    await expect(done).rejects.toThrow(new GuestFailure(message));
  });
});

describe('a run', () => {
  it('sends files, the program and its stdin in order, then its end of file', async () => {
    const { client, heard, say } = converse();
    client.putFile('main.py', 0o644, Buffer.from('print(1)'));
    const { ended } = runNoting(client, Buffer.from('input'));
    const frames = [await heard(), await heard(), await heard(), await heard()];
    expect(frames.map((frame) => frame.type)).toEqual([0x02, 0x03, 0x04, 0x05]);
    expect(frames[2]?.payload.toString()).toBe('input');
    const file = new PayloadReader(frames[0]?.payload ?? Buffer.alloc(0));
    expect([file.u8(), file.u32(), file.str(), file.rest().toString()]).toEqual([
      1,
      0o644,
      'main.py',
      'print(1)',
    ]);
    say(started(), exit());
    await ended;
  });

  it('tells its start, then its output in order, and gives its exit', async () => {
    const { client, say } = converse();
    const { noted, ended } = runNoting(client);
    say(started(), output('a'), output('b', 2), output('c'), exit(7));
    expect(await ended).toMatchObject({ kind: 'exit', cause: 'exited', exitCode: 7, wallUs: 5, userUs: 1 });
    expect(noted).toEqual(['started', 'stdout: a', 'stderr: b', 'stdout: c']);
  });

  it('that cannot start says why, and the guest takes a further one', async () => {
    const { client, say } = converse();
    const first = runNoting(client);
    say(error(4, 'python3: No such file or directory'));
    await expect(first.ended).rejects.toThrow(new ProgramStartFailure('python3: No such file or directory'));
    const second = runNoting(client);
    say(started(), exit());
    expect(await second.ended).toMatchObject({ exitCode: 0 });
    expect([first.noted, second.noted]).toEqual([[], ['started']]);
  });

  it.each([
    ['output before it started', [output('x')], [], 'unexpected message from the guest: output'],
    ['an exit before it started', [exit()], [], 'unexpected message from the guest: exit'],
    ['a second start', [started(), started()], ['started'], 'unexpected message from the guest: started'],
    ['a greeting', [started(), hello()], ['started'], 'unexpected message from the guest: hello'],
    [
      'another error than of the start',
      [error(3, 'disk full')],
      [],
      'unexpected message from the guest: file error: disk full',
    ],
    [
      'an error of the start after it',
      [started(), error(4, 'x')],
      ['started'],
      'unexpected message from the guest: start error: x',
    ],
    [
      'a broken frame',
      [started(), output('a'), Buffer.from([1, 0, 0, 0, 0x44])],
      ['started', 'stdout: a'],
      'the guest broke the protocol: payload too short',
    ],
  ])('fails with %s, after all that came before', async (_what, frames, before, message) => {
    const { client, say } = converse();
    const { noted, ended } = runNoting(client);
    say(...frames);
    await expect(ended).rejects.toThrow(new GuestFailure(message));
    expect(noted).toEqual(before);
    // Nothing that the guest says later is believed.
    const next = runNoting(client);
    say(started(), exit());
    await expect(next.ended).rejects.toThrow(new GuestFailure(message));
  });

  it('whose guest goes away keeps the output up to then', async () => {
    const { client, far, say } = converse();
    const { noted, ended } = runNoting(client);
    say(started(), output('partial'));
    far.end();
    await expect(ended).rejects.toThrow(new GuestFailure('the guest is gone'));
    expect(noted).toEqual(['started', 'stdout: partial']);
  });

  it('fails with the reason when the channel itself fails', async () => {
    const { client, channel } = converse();
    const { ended } = runNoting(client);
    const cause = new Error('ECONNRESET');
    channel.destroy(cause);
    await expect(ended).rejects.toMatchObject({ message: 'the guest channel failed', cause });
  });

  it('in a guest that is gone already fails, though it is written to', async () => {
    const { client, channel, far } = converse();
    far.destroy();
    await gone(channel);
    client.putFile('main.py', 0o644, Buffer.from('x'));
    await expect(runNoting(client).ended).rejects.toThrow(GuestFailure);
  });
});

describe('programs that wait', () => {
  const waiting = (type: number, count: number): Buffer => encodeFrame(type, Buffer.of(count));
  const prepare = { ...RUN, gate: 'main.py', count: 2, scratchBytes: 1 };

  it('are prepared as often as was asked for, or the guest has failed', async () => {
    const { client, heard, say } = converse();
    const prepared = client.prepare(prepare);
    expect((await heard()).type).toBe(0x07);
    say(waiting(0x47, 2));
    await prepared;
    const again = client.prepare(prepare);
    say(waiting(0x47, 1));
    await expect(again).rejects.toThrow(GuestFailure);
  });

  it.each([true, false])('are renewed: one is left: %s', async (left) => {
    const { client, heard, say } = converse();
    const renewed = client.renew();
    expect((await heard()).type).toBe(0x08);
    say(waiting(0x48, left ? 1 : 0));
    expect(await renewed).toBe(left);
  });

  it('go on with limits and stdin, to their end', async () => {
    const { client, heard, say } = converse();
    const ended = client.release(RUN.limits, Buffer.from('in'), { onStarted: () => {}, onOutput: () => {} });
    expect([(await heard()).type, (await heard()).type, (await heard()).type]).toEqual([0x09, 0x04, 0x05]);
    say(started(), exit(3));
    expect(await ended).toMatchObject({ kind: 'exit', exitCode: 3 });
  });

  it('that cannot go on are a failure of the guest', async () => {
    const { client, say } = converse();
    const ended = client.release(RUN.limits, Buffer.alloc(0), { onStarted: () => {}, onOutput: () => {} });
    say(error(1, 'RELEASE without a program that waits'));
    await expect(ended).rejects.toThrow(GuestFailure);
  });
});

describe('a guest that says more than anybody listens to', () => {
  it('is made to wait, and all of it is there when somebody listens', async () => {
    const { client, far, say } = converse();
    say(started());
    // Each is 1 KiB; what the client takes before it pauses and what the streams buffer is far less than all.
    const count = 1000;
    let written = 0;
    const flood = (async () => {
      for (; written < count; written++) {
        if (!far.write(output(Buffer.alloc(1018, written)))) await once(far, 'drain');
      }
      far.write(exit());
    })();
    // Nothing moves any more after so many turns: the writer is waiting.
    let before = -1;
    while (before !== written) {
      before = written;
      for (let turn = 0; turn < 20; turn++) await setImmediate();
    }
    expect(written).toBeGreaterThan(64);
    expect(written).toBeLessThan(count / 2);

    const received: Buffer[] = [];
    const ended = client.run(RUN, Buffer.alloc(0), {
      onStarted: () => {},
      onOutput: (_stream, data) => received.push(data),
    });
    expect(await ended).toMatchObject({ kind: 'exit' });
    await flood;
    expect(received.map((data) => [data.length, data[0]])).toEqual(
      Array.from({ length: count }, (_, index) => [1018, index % 256]),
    );
  });

  it('is heard to the end once it has broken the protocol, so that its end is noticed', async () => {
    const { client, channel, far } = converse();
    far.write(encodeFrame(0x50, Buffer.alloc(0)));
    for (let i = 0; i < 200; i++) far.write(output(Buffer.alloc(1000)));
    far.end();
    await gone(channel);
    await expect(client.hello()).rejects.toThrow('the guest broke the protocol');
  });
});

import type { Duplex } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { duplexPair } from '../../../../test/doubles/duplex-pair.ts';
import { QmpClient } from './qmp.ts';

const GREETING = { QMP: { version: { qemu: { major: 10, minor: 0, micro: 3 } }, capabilities: [] } };
const EVENT = { timestamp: { seconds: 1, microseconds: 2 }, event: 'STOP' };

interface Command {
  readonly execute: string;
  readonly arguments?: unknown;
}

/** A QEMU that answers each command with what `answer` returns: messages, or nothing. */
function scriptedQemu(
  answer: (command: Command, qemu: Duplex) => readonly unknown[] = () => [{ return: {} }],
) {
  const [near, qemu] = duplexPair();
  for (const end of [near, qemu]) end.on('error', () => {});
  const commands: Command[] = [];
  let text = '';
  qemu.on('data', (chunk: Buffer) => {
    const lines = (text + chunk.toString()).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const command = JSON.parse(line) as Command;
      commands.push(command);
      for (const message of answer(command, qemu)) say(message);
    }
  });
  const say = (message: unknown): void => void qemu.write(`${JSON.stringify(message)}\r\n`);
  return { client: new QmpClient(near, near), qemu, say, commands };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}

describe('a QMP client', () => {
  it('waits for the greeting before it negotiates', async () => {
    const { client, say, commands } = scriptedQemu();
    const opened = client.open();
    await new Promise(setImmediate);
    expect(commands).toEqual([]);
    say(GREETING);
    await opened;
    expect(commands).toEqual([{ execute: 'qmp_capabilities' }]);
  });

  it('takes a greeting that came before anybody asked for it', async () => {
    const { client, say, commands } = scriptedQemu();
    say(GREETING);
    await new Promise(setImmediate);
    await client.open();
    expect(commands).toHaveLength(1);
  });

  it('gives each command its reply, in order, with events anywhere between', async () => {
    const { client, say, commands } = scriptedQemu(({ execute }) => [EVENT, { return: execute }, EVENT]);
    say(EVENT);
    say(GREETING);
    await client.open();
    const names = ['stop', 'cont', 'query-status'];
    expect(await Promise.all(names.map(async (name) => client.execute(name)))).toEqual(names);
    expect(commands.map(({ execute }) => execute)).toEqual(['qmp_capabilities', ...names]);
  });

  it('sends the arguments as they are', async () => {
    const { client, say, commands } = scriptedQemu();
    say(GREETING);
    await client.open();
    await client.execute('migrate', { uri: 'file:/vm/st"ate\n' });
    await client.ignoreSharedMemory();
    expect(commands.slice(1)).toEqual([
      { execute: 'migrate', arguments: { uri: 'file:/vm/st"ate\n' } },
      {
        execute: 'migrate-set-capabilities',
        arguments: { capabilities: [{ capability: 'x-ignore-shared', state: true }] },
      },
    ]);
  });

  it('throws vm_failed with QEMU’s description on an error reply, and goes on', async () => {
    const { client, say } = scriptedQemu(({ execute }) =>
      execute === 'bad' ? [{ error: { class: 'GenericError', desc: 'no such file' } }] : [{ return: 1 }],
    );
    say(GREETING);
    await client.open();
    expect(await failure(client.execute('bad'))).toMatchObject({
      code: 'vm_failed',
      message: 'QEMU refused bad: no such file',
    });
    expect(await client.execute('good')).toBe(1);
  });

  it.each<[string, string]>([
    ['no JSON', 'garbage\n'],
    ['a number', '42\n'],
    ['null', 'null\n'],
    ['a reply without content', '{}\n'],
    ['an error without description', '{"error":{"class":"x"}}\n'],
    ['bytes that are no text', '\u{0}\u{ff}\n'],
  ])('fails every call, past and to come, after %s', async (_what, bytes) => {
    const { client, say, qemu } = scriptedQemu(() => []);
    say(GREETING);
    const [first, second] = [failure(client.execute('a')), failure(client.execute('b'))];
    qemu.write(bytes);
    expect(await first).toMatchObject({ code: 'vm_failed' });
    expect(await second).toMatchObject({ code: 'vm_failed' });
    expect(await failure(client.execute('c'))).toMatchObject({ code: 'vm_failed' });
    // What still comes is nobody's.
    say({ return: 1 });
    await new Promise(setImmediate);
    expect(await failure(client.execute('d'))).toMatchObject({ code: 'vm_failed' });
  });

  it('takes a reply that nobody waits for, for a failure', async () => {
    const { client, say } = scriptedQemu();
    say(GREETING);
    await client.open();
    say({ return: {} });
    await new Promise(setImmediate);
    expect(await failure(client.execute('stop'))).toMatchObject({ message: 'QEMU sent an unexpected reply' });
  });

  it('does not take lines without bounds, nor keep what comes after one', async () => {
    const { client, qemu } = scriptedQemu(() => []);
    const opened = failure(client.open());
    const piece = Buffer.alloc(64 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let written = 0; written < 64 * 1024 * 1024; written += piece.length) {
      if (!qemu.write(piece)) await new Promise(setImmediate);
    }
    expect(await opened).toMatchObject({ code: 'vm_failed', message: 'QEMU sent too long a line' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });

  it('takes a long line that is within bounds, and blank ones', async () => {
    const long = 'x'.repeat(200_000);
    const { client, say, qemu } = scriptedQemu(() => [{ return: long }]);
    qemu.write('\n\r\n');
    say(GREETING);
    await client.open();
    expect(await client.execute('a')).toBe(long);
  });

  it.each<[string, (qemu: Duplex) => void]>([
    ['ends', (qemu) => qemu.end()],
    ['is destroyed', (qemu) => qemu.destroy()],
    ['ends within a line', (qemu) => qemu.end('{"return')],
  ])('rejects what waits, and all that comes, when the pipe %s', async (_how, close) => {
    const { client, say, qemu } = scriptedQemu(() => []);
    say(GREETING);
    const waiting = failure(client.execute('query-migrate'));
    await new Promise(setImmediate);
    close(qemu);
    expect(await waiting).toMatchObject({
      code: 'vm_failed',
      message: 'QEMU refused query-migrate: QEMU is gone',
    });
    expect(await failure(client.execute('stop'))).toMatchObject({ message: 'QEMU is gone' });
    expect(await failure(client.migrationEnd())).toMatchObject({ message: 'QEMU is gone' });
  });

  it('says why the pipe broke, if it broke', async () => {
    const [near] = duplexPair();
    const client = new QmpClient(near, near);
    const opened = failure(client.open());
    const cause = new Error('EIO');
    near.destroy(cause);
    expect(await opened).toMatchObject({ code: 'vm_failed', message: 'the QMP pipe broke', cause });
  });

  it('leaves no rejection that nobody handles when QEMU ends unheard', async () => {
    const rejections: unknown[] = [];
    const listen = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', listen);
    onTestFinished(() => void process.off('unhandledRejection', listen));
    scriptedQemu().qemu.destroy();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(rejections).toEqual([]);
  });

  it('gives the same results however the bytes are cut', async () => {
    const result = fc.oneof(
      fc.record({ return: fc.oneof(fc.string({ unit: 'grapheme' }), fc.nat(), fc.constant({})) }),
      fc.record({ error: fc.record({ class: fc.string(), desc: fc.string({ unit: 'grapheme' }) }) }),
    );
    const step = fc.record({ result, events: fc.nat(2), blank: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        async (steps, cuts) => {
          const { client, qemu } = scriptedQemu(() => []);
          const results = steps.map(async (_, index) =>
            client.execute(`command-${index}`).catch((error: unknown) => error),
          );
          const lines = [
            JSON.stringify(GREETING),
            ...steps.flatMap(({ result, events, blank }) => [
              ...Array<string>(events).fill(JSON.stringify(EVENT)),
              ...(blank ? [''] : []),
              JSON.stringify(result),
            ]),
          ];
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          for (let at = 0; at < bytes.length;) {
            const { value: size } = cuts.next() as { value: number };
            qemu.write(bytes.subarray(at, at + size));
            at += size;
          }
          const seen = await Promise.all(results);
          for (const [index, { result }] of steps.entries()) {
            if ('return' in result) expect(seen[index]).toEqual(result.return);
            else {
              const message = `QEMU refused command-${index}: ${result.error.desc}`;
              expect(seen[index]).toMatchObject({ code: 'vm_failed', message });
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the end of a migration', () => {
  async function migrate(...states: readonly unknown[]) {
    const left = [...states];
    const { client, say, commands } = scriptedQemu(({ execute }) => [
      { return: execute === 'query-migrate' ? left.shift() : {} },
    ]);
    say(GREETING);
    await client.open();
    return { end: client.migrationEnd(), asked: () => commands.length - 1 };
  }

  it('is awaited, also while QEMU knows of none yet', async () => {
    const { end, asked } = await migrate(
      {},
      { status: 'setup' },
      { status: 'active', ram: { total: 1 } },
      { status: 'device' },
      { status: 'completed' },
    );
    await end;
    expect(asked()).toBe(5);
  });

  it.each([
    [{ status: 'failed', 'error-desc': 'disk full' }, 'migration failed: disk full'],
    [{ status: 'failed' }, 'migration failed'],
    [{ status: 'cancelled' }, 'migration cancelled'],
    [{ status: 7 }, 'QEMU sent an unexpected reply'],
    ['completed', 'QEMU sent an unexpected reply'],
  ])('that is %j is vm_failed', async (state, message) => {
    const { end } = await migrate({ status: 'active' }, state);
    expect(await failure(end)).toMatchObject({ code: 'vm_failed', message });
  });

  it('is not awaited any more once QEMU is gone', async () => {
    let asked = 0;
    const { client, say } = scriptedQemu(({ execute }, qemu) => {
      if (execute === 'query-migrate' && ++asked === 3) qemu.end();
      return asked === 3 ? [] : [{ return: { status: 'active' } }];
    });
    say(GREETING);
    await client.open();
    expect(await failure(client.migrationEnd())).toMatchObject({ code: 'vm_failed' });
    expect(asked).toBe(3);
  });
});

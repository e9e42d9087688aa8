import assert from 'node:assert';
import { createHash, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';

class Upper extends Transform {
  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    done(null, chunk.toString().toUpperCase());
  }
}

class Typed<Events extends Record<string, unknown[]>> {
  readonly #emitter = new EventEmitter();
  on<K extends keyof Events & string>(name: K, listener: (...args: Events[K]) => void): this {
    this.#emitter.on(name, listener as (...args: unknown[]) => void);
    return this;
  }
  emit<K extends keyof Events & string>(name: K, ...args: Events[K]): boolean {
    return this.#emitter.emit(name, ...args);
  }
}

async function* count(to: number): AsyncGenerator<number> {
  for (let i = 1; i <= to; i++) {
    await promisify(setImmediate)();
    yield i;
  }
}

async function main(): Promise<void> {
  console.log(createHash('sha256').update('the quick brown fox').digest('hex'), randomUUID().length);
  console.log(gunzipSync(gzipSync('abc'.repeat(100))).length);
  let text = '';
  await pipeline(Readable.from(['a', 'b']), new Upper(), async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) text += chunk;
  });
  console.log(text);
  const typed = new Typed<{ ready: [number, string] }>().on('ready', (n, s) => console.log('ready', n, s));
  typed.emit('ready', 1, 'one');
  const emitter = new EventEmitter();
  setTimeout(() => emitter.emit('done', 'later'), 1);
  console.log(await once(emitter, 'done'));
  let sum = 0;
  for await (const n of count(4)) sum += n;
  console.log(sum, Object.fromEntries(Object.entries({ a: 1, b: 2 }).map(([k, v]) => [k, v * 2] as const)));
  assert.deepEqual([...new Set([1, 1, 2])], [1, 2]);
  const groups = ['pear', 'fig', 'kiwi'].reduce<Record<number, string[]>>((all, word) => {
    (all[word.length] ??= []).push(word);
    return all;
  }, {});
  console.log(groups, [3, 1, 2].toString(), structuredClone({ d: new Date(0) }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

const assert = require('assert');
const async_hooks = require('async_hooks');
const crypto = require('crypto');
const dns = require('dns');
const { EventEmitter, once } = require('events');
const { Readable, Transform } = require('stream');
const { inspect, promisify, types } = require('util');
const url = require('url');
const vm = require('vm');
const zlib = require('zlib');

async function main() {
  console.log(crypto.createHash('sha256').update('the quick brown fox').digest('hex'));
  console.log(crypto.createHmac('sha1', 'key').update('x').digest('base64'), crypto.randomBytes(8).length);
  console.log(crypto.scryptSync('password', 'salt', 16, { N: 16 }).toString('hex'));
  const key = Buffer.alloc(32, 1);
  const cipher = crypto.createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
  console.log(cipher.update('secret', 'utf8', 'hex') + cipher.final('hex'), cipher.getAuthTag().length);
  console.log(zlib.inflateSync(zlib.deflateSync('abc'.repeat(1000))).length, zlib.brotliCompressSync('a'.repeat(1000)).length < 50);
  const upper = new Transform({
    transform(chunk, encoding, done) {
      done(null, String(chunk).toUpperCase());
    },
  });
  let text = '';
  for await (const chunk of Readable.from(['a', 'b', 'c']).pipe(upper)) text += chunk;
  console.log(text);
  const emitter = new EventEmitter();
  setImmediate(() => emitter.emit('ready', 42));
  console.log(await once(emitter, 'ready'));
  const storage = new async_hooks.AsyncLocalStorage();
  await storage.run({ id: 7 }, async () => {
    await promisify(setTimeout)(1);
    console.log(storage.getStore());
  });
  console.log(vm.runInNewContext('x + 1', { x: 41 }), new URL('../c?q=1#h', 'http://a.b:80/x/y/z').href, url.fileURLToPath('file:///a%20b'));
  assert.throws(() => assert.deepStrictEqual({ a: 1 }, { a: 2 }), { code: 'ERR_ASSERTION' });
  console.log(inspect({ a: [1, { b: new Map([['k', new Set([1])]]) }], f() {}, s: Symbol('s') }, { depth: 4 }), types.isProxy(new Proxy({}, {})));
  console.log(structuredCloneOrJson({ d: 1, e: [null, 'x'] }), 'b-a-c'.split('-').sort().join(), [3, [1, [2]]].flat(Infinity));
  const [a, , b = 5, ...rest] = [1, 2, undefined, 4, 5];
  console.log(a, b, rest, { ...{ x: 1 }, y: 2 }?.z ?? 'none', `${'x'.padEnd(3, '.')}|${'abc'.at(-1)}`);
  console.log([...'2024-05-06'.matchAll(/(?<n>\d+)/g)].map((m) => m.groups.n), 'a1b2'.replaceAll(/\d/g, (d) => d * 2));
  function* fibonacci(x = 0, y = 1) {
    for (;;) {
      yield x;
      [x, y] = [y, x + y];
    }
  }
  const numbers = [];
  for (const n of fibonacci()) {
    if (n > 50) break;
    numbers.push(n);
  }
  console.log(numbers.join(' '), new WeakRef(main).deref() === main, typeof queueMicrotask);
  const wasm = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11]);
  console.log((await WebAssembly.instantiate(wasm)).instance.exports.add(2, 40));
  console.log(await promisify(dns.lookup)('no.such.host.invalid').catch((error) => error.syscall));
  console.log((await import('node:path')).posix.join('a', '..', 'b'));
}

function structuredCloneOrJson(value) {
  return JSON.parse(JSON.stringify(value));
}

main();

/** Where the image of a Node.js runtime holds the text of {@link nodeWait}. */
export const NODE_WAIT_FILE = '/usr/local/lib/tvm/wait.cjs';

/** File in the workspace at which it waits. */
export const NODE_GATE = '.tvm-gate';

/**
 * Text of a script that an interpreter that waits preloads, by NODE_OPTIONS. Before the gate it loads and compiles what
 * nearly every program uses, without making a stream or anything else that has a descriptor or an async id. After it, it
 * seeds Math.random again, which V8 seeded when the interpreter started: the flag is for the first draw alone, and the keys
 * of the map draw from the generator that seeds other contexts (`node:vm`), so that it goes on from one of 1024 places. The
 * rest hides what would tell a program that anything was preloaded, and counts the time since the start by the clock that
 * is right now. Worker threads inherit the preload: for them there is only something to hide.
 * @param prelude statements that the main thread executes first; what they load stays
 */
export function nodeWait(prelude = ''): string {
  return `'use strict';
const fs = require('fs');
const Module = require('module');
delete process.env.NODE_OPTIONS;
delete require.cache[__filename];
for (const key of Object.keys(Module._pathCache)) {
  if (Module._pathCache[key] === __filename) delete Module._pathCache[key];
}
// Another array: the interpreter goes through this one at the moment.
const preloads = Object.getOwnPropertyDescriptor(process, '_preload_modules');
preloads.value = preloads.value.slice(1);
Object.defineProperty(process, '_preload_modules', preloads);

function waitForProgram() {
${prelude}
  const v8 = require('v8');
  const { performance } = require('perf_hooks');
  require('net');
  const stream = { write() {}, on() {}, once() {}, removeListener() {}, listenerCount: () => 0 };
  new console.Console({ stdout: stream, colorMode: false }).log('%s', 1, 'a', { b: [null] }, new Error('c'));
  let owner = performance;
  while (!Object.hasOwn(owner, 'timeOrigin')) owner = Object.getPrototypeOf(owner);
  const property = Object.getOwnPropertyDescriptor(owner, 'timeOrigin');
  let timeOrigin;
  if (property.get) {
    const { get } = property;
    const renewed = {
      get timeOrigin() {
        Reflect.apply(get, this, []);
        return timeOrigin;
      },
    };
    property.get = Object.getOwnPropertyDescriptor(renewed, 'timeOrigin').get;
  }
  const bytes = Buffer.alloc(8);
  const source = fs.openSync('/dev/urandom');
  fs.closeSync(fs.openSync('${NODE_GATE}'));
  fs.unlinkSync('${NODE_GATE}');
  fs.readSync(source, bytes);
  fs.closeSync(source);
  v8.setFlagsFromString('--random-seed=' + (bytes.readUInt32LE() >>> 1 || 1));
  Math.random();
  v8.setFlagsFromString('--random-seed=0');
  const keys = new Map();
  for (let draws = bytes.readUInt16LE(4) & 1023; draws > 0; draws--) keys.set({}, draws);
  timeOrigin = Date.now() - performance.now();
  if ('value' in property) property.value = timeOrigin;
  Object.defineProperty(owner, 'timeOrigin', property);
}

if (require('worker_threads').isMainThread) waitForProgram();
`;
}

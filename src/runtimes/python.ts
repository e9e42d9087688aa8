import type { ImageRecipe, Language } from './schema.ts';

const python311: ImageRecipe = {
  suite: 'bookworm',
  packages: ['python3', 'python3-distutils', 'tzdata'],
  links: { '/usr/local/bin/python': '/usr/bin/python3' },
};

export const python: Language = {
  id: 'python',
  name: 'Python',
  aliases: ['py', 'python3'],
  extensions: ['.py'],
  fileName: 'main.py',
  run: ['python3', 'main.py'],
  warmUp: 'print(1)\n',
  // Hash seeds are drawn when an interpreter starts: several of them, so that clones differ in theirs (ADR 12).
  waiting: { gate: 'main.py', count: 5 },
  // The workspace lives for one run: compiled files of it would never be read.
  environment: { PYTHONDONTWRITEBYTECODE: '1' },
  limits: { maxMemoryMb: 2048, maxCpuCount: 4, maxTimeoutMs: 60_000 },
  versions: [
    { version: '3.8' },
    { version: '3.9' },
    { version: '3.10' },
    { version: '3.11', image: python311 },
  ],
};

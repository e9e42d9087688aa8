import type { Language } from './schema.ts';

export const bash: Language = {
  id: 'bash',
  name: 'Bash',
  aliases: ['sh', 'shell'],
  extensions: ['.sh', '.bash'],
  fileName: 'main.sh',
  // Nothing waits: $RANDOM is seeded when a shell starts, and the start is short.
  run: () => ['bash', 'main.sh'],
  warmUp: 'echo 1\n',
  limits: { maxMemoryMb: 1024, maxCpuCount: 4, maxTimeoutMs: 30_000 },
  versions: [
    {
      version: '5.2',
      image: {
        base: {
          kind: 'debian',
          suite: 'bookworm',
          // Beside Debian's essential system (coreutils, grep, sed, findutils, diffutils, tar, gzip, util-linux): arithmetic
          // with fractions, JSON, GNU awk, processes, tables and dumps, compression.
          packages: [
            'bc',
            'bsdextrautils',
            'bzip2',
            'file',
            'gawk',
            'jq',
            'procps',
            'tzdata',
            'xxd',
            'xz-utils',
          ],
        },
        probe: { command: ['bash', '--version'], expect: 'version 5.2.' },
      },
    },
  ],
};

import { compilerVersions, compileStage } from './c-compilers.ts';
import type { Language } from './schema.ts';

export const c: Language = {
  id: 'c',
  name: 'C',
  aliases: [],
  extensions: ['.c'],
  fileName: 'main.c',
  compile: compileStage({ timeoutMs: 30_000, memoryMb: 256 }),
  run: () => ['./main'],
  warmUp: '#include <stdio.h>\n\nint main(void)\n{\n    printf("%d\\n", 1);\n    return 0;\n}\n',
  waiting: { gate: 'main.c', count: 2 },
  limits: { maxMemoryMb: 1024, maxCpuCount: 4, maxTimeoutMs: 30_000 },
  versions: compilerVersions({
    fileName: 'main.c',
    standard: 'gnu17',
    compilers: { gcc: 'gcc', clang: 'clang' },
    packages: (gcc) => [`libgcc-${gcc}-dev`],
    libraries: '-lm',
    headers: [],
    remove: [],
  }),
};

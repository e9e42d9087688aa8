import { compilerVersions, compileStage } from './c-compilers.ts';
import type { Language } from './schema.ts';

export const cpp: Language = {
  id: 'cpp',
  name: 'C++',
  aliases: ['c++', 'cxx'],
  extensions: ['.cpp', '.cc', '.cxx'],
  fileName: 'main.cpp',
  compile: compileStage({ timeoutMs: 90_000, memoryMb: 512 }),
  run: () => ['./main'],
  warmUp: '#include <iostream>\n\nint main()\n{\n    std::cout << 1 << std::endl;\n}\n',
  waiting: { gate: 'main.cpp', count: 2 },
  limits: { maxMemoryMb: 1024, maxCpuCount: 4, maxTimeoutMs: 30_000 },
  versions: compilerVersions({
    fileName: 'main.cpp',
    standard: 'gnu++17',
    compilers: { gcc: 'g++', clang: 'clang++' },
    packages: (gcc) => [`libstdc++-${gcc}-dev`],
    libraries: '-lm',
    headers: ['iostream', 'algorithm', 'vector', 'string', 'bits/stdc++.h'],
    // The compiler of C and the static library.
    remove: ['usr/lib{,exec}/gcc/*/*/cc1', 'usr/lib/gcc/*/*/libstdc++*.a'],
  }),
};

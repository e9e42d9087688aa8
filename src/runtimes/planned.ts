import type { Language } from './schema.ts';

// In the matrix of the guides; their images, compile stages and commands are not in this release.
const compiled = { maxMemoryMb: 1024, maxCpuCount: 4, maxTimeoutMs: 30_000 };

function planned(
  id: string,
  name: string,
  aliases: string[],
  fileName: string,
  versions: string[],
  limits: Language['limits'] = compiled,
): Language {
  return {
    id,
    name,
    aliases,
    extensions: [fileName.slice(fileName.lastIndexOf('.'))],
    fileName,
    run: [],
    warmUp: '',
    limits,
    versions: versions.map((version) => ({ version })),
  };
}

export const plannedLanguages: readonly Language[] = [
  planned('typescript', 'TypeScript', ['ts'], 'main.ts', ['20'], {
    maxMemoryMb: 1536,
    maxCpuCount: 4,
    maxTimeoutMs: 30_000,
  }),
  planned('ruby', 'Ruby', ['rb'], 'main.rb', ['2.7', '3.0', '3.1'], {
    maxMemoryMb: 1024,
    maxCpuCount: 2,
    maxTimeoutMs: 30_000,
  }),
  planned('go', 'Go', ['golang'], 'main.go', ['1.18', '1.19', '1.20']),
  planned('rust', 'Rust', ['rs'], 'main.rs', ['1.65', '1.70']),
  planned('java', 'Java', [], 'Main.java', ['11', '17'], {
    maxMemoryMb: 2048,
    maxCpuCount: 4,
    maxTimeoutMs: 60_000,
  }),
  planned('c', 'C', [], 'main.c', ['gcc11', 'clang14']),
  planned('cpp', 'C++', ['c++', 'cxx'], 'main.cpp', ['gcc11', 'clang14']),
];

import { readFileSync } from 'node:fs';
import type { CompileStage, DebianSuite, ImageRecipe, RuntimeVersion } from './schema.ts';

/** Folder in the image of what starts a compiler and a linker beforehand; toolchain/c/ says how. */
const HOME = '/usr/local/lib/tvm/c';

/** What differs between the languages that these compilers compile. */
export interface SourceLanguage {
  readonly fileName: string;
  readonly standard: string;
  /** Compilers by family, without the number of the version. */
  readonly compilers: { readonly gcc: string; readonly clang: string };
  /** Debian packages beside the compiler, by the gcc whose C++ library they are of. */
  readonly packages: (gcc: string) => readonly string[];
  /** Arguments for the linker. */
  readonly libraries: string;
  /** Headers to precompile. */
  readonly headers: readonly string[];
  /** Paths that only the other language needs. */
  readonly remove: readonly string[];
}

/** A release of one of the compilers. */
interface Release {
  readonly family: 'gcc' | 'clang';
  readonly number: string;
  readonly suite: DebianSuite;
  /** The gcc of the suite, whose libraries clang uses. */
  readonly gcc: string;
  /** Where Debian ships gold on its own. */
  readonly linkerPackages?: readonly string[];
}

const RELEASES: readonly Release[] = [
  { family: 'clang', number: '14', suite: 'bookworm', gcc: '12' },
  { family: 'clang', number: '19', suite: 'trixie', gcc: '14', linkerPackages: ['binutils-gold'] },
  { family: 'gcc', number: '11', suite: 'bookworm', gcc: '11' },
  { family: 'gcc', number: '12', suite: 'bookworm', gcc: '12' },
  { family: 'gcc', number: '13', suite: 'trixie', gcc: '13', linkerPackages: ['binutils-gold'] },
  { family: 'gcc', number: '14', suite: 'trixie', gcc: '14', linkerPackages: ['binutils-gold'] },
];

/** Link-time optimisation, sanitizers, profiling, plugins, and what only prepares the image. */
const REMOVED = [
  `${HOME.slice(1)}/*.{c,sh}`,
  'usr/lib/gcc/*/*/{lto1,lto-wrapper,liblto_plugin.so,plugin,g++-mapper-server}',
  'usr/lib/gcc/*/*/lib{asan,hwasan,lsan,tsan,ubsan,itm,gcov,backtrace,cc1}*',
  'usr/lib/*/lib{asan,hwasan,lsan,tsan,ubsan,itm,cc1,gprofng}*',
  'usr/libexec/gcc/*/*/{lto1,lto-wrapper,liblto_plugin.so,plugin,g++-mapper-server}',
  'usr/lib/*/gprofng',
  'usr/bin/*{lto-dump,gcov,gprof,gp-,dwp,perl}*',
  // Not libclang-cpp.
  'usr/lib/**/{libclang-{1,2}*,libclang.so*,libLTO.so*,libRemarks.so*}',
  'usr/lib/llvm-*/lib/clang/*/lib/linux/*{asan,hwasan,lsan,tsan,ubsan,msan,fuzzer,xray,orc,memprof,scudo,dfsan,cfi,profile,stats,safestack,gwp}*',
  'usr/lib/llvm-*/lib/clang/*/include/{riscv,arm,hexagon,altivec,ppc,velintrin,s390,opencl,cuda,__clang_cuda,__clang_hip,hlsl,llvm_libc}*',
];

/** The largest number of errors that a compiler lists. */
const ERRORS_MAX = 100;

/**
 * The language's versions, oldest first, gcc after clang.
 * @throws Error if a file of toolchain/c is missing
 */
export function compilerVersions(language: SourceLanguage): RuntimeVersion[] {
  return RELEASES.map((release) => ({
    version: `${release.family}${release.number}`,
    image: recipe(language, release),
  }));
}

/** The stage that compiles and links a program. */
export function compileStage(limits: CompileStage['limits']): CompileStage {
  return { command: [`${HOME}/drive`, 'ld.gold'], limits };
}

function recipe(language: SourceLanguage, release: Release): ImageRecipe {
  const { family, number, suite, gcc, linkerPackages = [] } = release;
  const compiler = `${language.compilers[family]}-${number}`;
  const flags = [
    '-O2',
    `-std=${language.standard}`,
    '-pthread',
    ...(family === 'gcc' ? ['-pipe', `-fmax-errors=${ERRORS_MAX}`] : [`-ferror-limit=${ERRORS_MAX}`]),
  ];
  // clang knows no precompiled header that it finds by itself.
  const headers = family === 'gcc' ? language.headers : [];
  const prepare = [language.fileName, compiler, flags.join(' '), language.libraries, ...headers];
  return {
    base: {
      kind: 'debian',
      suite,
      packages: [
        family === 'gcc' ? compiler : `clang-${number}`,
        ...language.packages(gcc),
        ...linkerPackages,
        'libc6-dev',
        'tzdata',
      ],
    },
    files: Object.fromEntries(
      ['drive.c', 'hold.c', 'prepare.sh'].map((name) => [`${HOME}/${name}`, source(name)]),
    ),
    steps: [['sh', `${HOME}/prepare.sh`, ...prepare]],
    remove: [...REMOVED, ...language.remove],
    probe: {
      // That what is left compiles, too.
      command: [
        'sh',
        '-ec',
        `cd /tmp; echo 'int main() {}' >${language.fileName}; ${HOME}/drive ld.gold; ./main; ${compiler} --version`,
      ],
      expect: ` ${number}.`,
    },
  };
}

function source(name: string): string {
  return readFileSync(new URL(`../../toolchain/c/${name}`, import.meta.url), 'utf8');
}

import { readFileSync } from 'node:fs';
import type { CompileStage, ImageBase, ImageRecipe, Language } from './schema.ts';

/** Folder in the image of the compiler, the linker and the standard library; toolchain/go/ says how it is made. */
const HOME = '/usr/local/lib/tvm/go';

const SOURCES = ['build.sh', 'driver.go', 'preload.go'];

const COMPILE_LIMITS: CompileStage['limits'] = { timeoutMs: 60_000, memoryMb: 384 };

function source(name: string): string {
  return readFileSync(new URL(`../../toolchain/go/${name}`, import.meta.url), 'utf8');
}

/** @param goroot where the base has Go, without the leading slash */
function recipe(version: string, base: ImageBase, goroot: string, remove: readonly string[]): ImageRecipe {
  return {
    base,
    files: Object.fromEntries(SOURCES.map((name) => [`${HOME}/${name}`, source(name)])),
    steps: [['sh', `${HOME}/build.sh`, `/${goroot}`]],
    remove: [`${HOME.slice(1)}/{${SOURCES.join()}}`, ...remove],
    probe: { command: [`${HOME}/compile`, '-V'], expect: `version go${version}.` },
  };
}

function debian(version: string, suite: 'bookworm' | 'trixie' | 'trixie-backports'): ImageRecipe {
  const packages = [`golang-${version}-go`, 'tzdata'];
  const goroot = `usr/lib/go-${version}`;
  return recipe(version, { kind: 'debian', suite, packages }, goroot, ['usr/{lib,share}/go-*']);
}

/** Docker's official image is that of a system to develop with. Programs look for time zones in its GOROOT. */
function oci(version: string): ImageRecipe {
  const base: ImageBase = { kind: 'oci', reference: `docker.io/library/golang:${version}` };
  return recipe(version, base, 'usr/local/go', [
    'usr/local/go/{api,bin,doc,misc,pkg,src,test}',
    'usr/{include,libexec,lib/gcc,lib/git-core,lib/llvm*,lib/ruby,lib/python*,share/{git-core,gcc,perl,perl5,mercurial}}',
    'usr/lib/*-linux-gnu/{perl,perl-base,gcc,libasan*,libtsan*,liblsan*,libubsan*,*.a,*.o}',
    'usr/bin/*-linux-gnu-*',
  ]);
}

/** Settings for the Go runtime of compiler and linker: they are so short-lived that collecting garbage rarely pays. */
function compile(...settings: readonly string[]): CompileStage {
  return { command: [`${HOME}/build`, 'GOMAXPROCS=1', ...settings], limits: COMPILE_LIMITS };
}

export const go: Language = {
  id: 'go',
  name: 'Go',
  aliases: ['golang'],
  extensions: ['.go'],
  fileName: 'main.go',
  compile: compile('GOGC=off', 'GOMEMLIMIT=200MiB'),
  run: () => ['./main'],
  warmUp: 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(1) }\n',
  waiting: { gate: 'main.go', count: 2 },
  limits: { maxMemoryMb: 1024, maxCpuCount: 4, maxTimeoutMs: 30_000 },
  versions: [
    // Has no GOMEMLIMIT.
    { version: '1.18', image: oci('1.18'), compile: compile('GOGC=400') },
    { version: '1.19', image: debian('1.19', 'bookworm') },
    { version: '1.20', image: oci('1.20') },
    { version: '1.24', image: debian('1.24', 'trixie') },
    { version: '1.27', image: debian('1.27', 'trixie-backports') },
  ],
};

import { readFileSync } from 'node:fs';
import type { ImageBase, ImageRecipe, Language } from './schema.ts';

/** Folder in the image of the compiler's arguments; toolchain/rust/ says how they are made. */
const HOME = '/usr/local/lib/tvm/rust';

/**
 * @param version as `rustc --version` begins
 * @param linker gold is the quickest, but of newer releases it is no friend: they warn of it with each program
 */
function recipe(version: string, base: ImageBase, linker: 'ld.gold' | 'ld.bfd' = 'ld.gold'): ImageRecipe {
  return {
    base,
    files: {
      [`${HOME}/prepare.sh`]: readFileSync(
        new URL('../../toolchain/rust/prepare.sh', import.meta.url),
        'utf8',
      ),
    },
    steps: [['sh', `${HOME}/prepare.sh`, linker]],
    // Compilers of other languages, what they alone need, tests and macros that a single file cannot have.
    remove: [
      `${HOME.slice(1)}/prepare.sh`,
      'usr/include',
      'usr/lib{,exec}/gcc/*/*/{cc1*,lto*,liblto_plugin.so,plugin,collect2,g++-mapper-server,include*,finclude}',
      'usr/lib/gcc/*/*/*{asan,hwasan,lsan,tsan,ubsan,itm,gcov,gomp,quadmath,backtrace,stdc++}*',
      'usr/lib/*/lib{asan,hwasan,lsan,tsan,ubsan,itm,cc1,gprofng,gomp,quadmath,mpfr,mpc,isl}*',
      'usr/lib/*/{gprofng,libc.a,libm.a,libm-*.a,libmvec.a,libmcheck.a,libg.a,libresolv.a}',
      'usr/bin/*{gcc,g++,cpp,c89,c99,lto-dump,gcov,gprof,gp-,dwp}*',
      'usr/bin/{rustdoc,rust-gdb*,rust-lldb,rust-analyzer}',
      '**/rustlib/etc',
      '**/rustlib/*/lib/lib{test,proc_macro,profiler_builtins,getopts,unicode_width}-*',
      'usr/local/cargo',
      'usr/local/rustup/{downloads,tmp,update-hashes}',
      'usr/local/rustup/toolchains/*/{share,libexec,etc}',
      'usr/local/rustup/toolchains/*/bin/{cargo*,rustdoc,rust-*,rustfmt,clippy*}',
    ],
    probe: {
      // That what is left compiles, too.
      command: [
        'sh',
        '-ec',
        `cd /tmp; echo 'fn main() {}' >main.rs; ${HOME}/rustc @${HOME}/arguments; ./main; ${HOME}/rustc --version`,
      ],
      expect: `rustc ${version}.`,
    },
  };
}

function debian(
  version: string,
  suite: 'bookworm' | 'trixie' | 'trixie-backports',
  linker: 'ld.gold' | 'ld.bfd' = 'ld.gold',
): ImageRecipe {
  // Debian 13 ships gold on its own.
  const gold = suite === 'trixie' ? ['binutils-gold'] : [];
  return recipe(version, { kind: 'debian', suite, packages: ['rustc', ...gold, 'tzdata'] }, linker);
}

function oci(version: string): ImageRecipe {
  return recipe(version, { kind: 'oci', reference: `docker.io/library/rust:${version}-slim` });
}

export const rust: Language = {
  id: 'rust',
  name: 'Rust',
  aliases: ['rs'],
  extensions: ['.rs'],
  fileName: 'main.rs',
  compile: {
    command: [`${HOME}/rustc`, `@${HOME}/arguments`],
    // An emulated compiler takes half a minute for a hundred lines with threads and collections.
    limits: { timeoutMs: 90_000, memoryMb: 512 },
  },
  run: () => ['./main'],
  warmUp: 'fn main() {\n    println!("{}", 1);\n}\n',
  // Hash maps of a compiler are seeded at its start; what it makes does not depend on that.
  waiting: { gate: 'main.rs', count: 2 },
  limits: { maxMemoryMb: 1024, maxCpuCount: 4, maxTimeoutMs: 30_000 },
  versions: [
    { version: '1.63', image: debian('1.63', 'bookworm') },
    { version: '1.65', image: oci('1.65') },
    { version: '1.70', image: oci('1.70') },
    { version: '1.85', image: debian('1.85', 'trixie') },
    { version: '1.96', image: debian('1.96', 'trixie-backports', 'ld.bfd') },
  ],
};

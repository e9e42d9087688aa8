import type { ImageBase, ImageRecipe, Language } from './schema.ts';

/**
 * What no program here imports: tests, IDLE and demonstrations, which need a display, and pip with its bundled copies, which
 * needs the network. All other modules of the standard library stay.
 */
function withoutTests(library: string): readonly string[] {
  return [
    `${library}/{test,idlelib,turtledemo,ensurepip}`,
    `${library}/{lib2to3,unittest,distutils,ctypes,tkinter,sqlite3}/{test,tests}`,
    `${library}/config-3*`,
    `${library}/site-packages/{pip,pip-*}`,
  ];
}

/**
 * Modules are compiled anew: what a package or an OCI image brings belongs to files of another time, or is not there. With
 * this kind of check the interpreter does not look at the source.
 */
function compiled(...folders: readonly string[]): readonly string[] {
  const options = ['-q', '-f', '-x', '/(tests?|turtledemo)/', '--invalidation-mode', 'unchecked-hash'];
  return ['python3', '-m', 'compileall', ...options, ...folders];
}

function recipe(version: string, base: ImageBase, library: string, more: Partial<ImageRecipe>): ImageRecipe {
  return {
    base,
    ...more,
    remove: withoutTests(library),
    probe: { command: ['python3', '--version'], expect: `Python ${version}.` },
  };
}

/** Debian's interpreter with the whole standard library, but for tkinter. */
function debian(
  version: string,
  suite: 'bullseye' | 'bookworm' | 'trixie' | 'sid',
  packages: readonly string[],
  links: Readonly<Record<string, string>> = {},
): ImageRecipe {
  const library = `usr/lib/python${version}`;
  return recipe(version, { kind: 'debian', suite, packages: [...packages, 'tzdata'] }, library, {
    links: { '/usr/local/bin/python': '/usr/bin/python3', ...links },
    steps: [compiled(`/${library}`)],
  });
}

/** The interpreter of Docker's official images. */
function oci(version: string): ImageRecipe {
  const library = `usr/local/lib/python${version}`;
  return recipe(version, { kind: 'oci', reference: `docker.io/library/python:${version}-slim` }, library, {
    steps: [compiled(`/${library}`)],
  });
}

export const python: Language = {
  id: 'python',
  name: 'Python',
  aliases: ['py', 'python3'],
  extensions: ['.py'],
  fileName: 'main.py',
  run: () => ['python3', 'main.py'],
  warmUp: 'print(1)\n',
  // Hash seeds are drawn when an interpreter starts: several of them, so that clones differ in theirs (ADR 12).
  waiting: { gate: 'main.py', count: 5 },
  // The workspace lives for one run: compiled files of it would never be read.
  environment: { PYTHONDONTWRITEBYTECODE: '1' },
  limits: { maxMemoryMb: 2048, maxCpuCount: 4, maxTimeoutMs: 60_000 },
  versions: [
    { version: '3.8', image: oci('3.8') },
    { version: '3.9', image: debian('3.9', 'bullseye', ['python3', 'python3-distutils']) },
    { version: '3.10', image: oci('3.10') },
    { version: '3.11', image: debian('3.11', 'bookworm', ['python3', 'python3-distutils']) },
    { version: '3.12', image: oci('3.12') },
    { version: '3.13', image: debian('3.13', 'trixie', ['python3']) },
    // By its number: what `python3` is in sid changes.
    { version: '3.14', image: debian('3.14', 'sid', ['python3.14'], { '/usr/bin/python3': 'python3.14' }) },
  ],
};

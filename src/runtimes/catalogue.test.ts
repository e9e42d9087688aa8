import { describe, expect, it } from 'vitest';
import {
  findLanguage,
  languageOfFile,
  LANGUAGES,
  parseRuntimeId,
  resolveRuntime,
  RUNTIMES,
} from './catalogue.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { runtimeId } from './schema.ts';
import type { Language, RuntimeId } from './schema.ts';

/** Languages and versions of the usage guide, in its order. */
const GUIDE = {
  python: ['3.8', '3.9', '3.10', '3.11'],
  javascript: ['16', '18', '20'],
  ruby: ['2.7', '3.0', '3.1'],
  go: ['1.18', '1.19', '1.20'],
  rust: ['1.65', '1.70'],
  java: ['11', '17'],
  c: ['gcc11', 'clang14'],
  cpp: ['gcc11', 'clang14'],
};

const all = (): boolean => true;
const none = (): boolean => false;
const only =
  (...ids: string[]) =>
  (id: RuntimeId): boolean =>
    ids.includes(id);

function unique(values: readonly string[]): void {
  expect(values.toSorted()).toEqual([...new Set(values)].toSorted());
}

describe('the catalogue', () => {
  it.each(Object.entries(GUIDE))('has every version of %s that the guide names', (id, versions) => {
    const known = findLanguage(id).versions.map(({ version }) => version);
    expect(known).toEqual(expect.arrayContaining(versions));
  });

  it('gives no two languages the same name, whatever its case', () => {
    unique(LANGUAGES.flatMap(({ id, aliases }) => [id, ...aliases]));
    for (const name of LANGUAGES.flatMap(({ id, aliases }) => [id, ...aliases])) {
      // Looked up in lower case, so one in upper case could not be found.
      expect(name).toBe(name.toLowerCase());
    }
  });

  it('gives no two languages the same extension, and each one at least', () => {
    const extensions = LANGUAGES.flatMap((language) => language.extensions);
    unique(extensions);
    for (const extension of extensions) expect(extension).toMatch(/^\.[a-z]+$/);
    for (const language of LANGUAGES) expect(language.extensions).not.toEqual([]);
  });

  it('gives no two runtimes the same id, and each an id that is a file name and an argument of the CLI', () => {
    unique(RUNTIMES.map((runtime) => runtime.id));
    for (const { id, language, version } of RUNTIMES) {
      expect(id).toBe(runtimeId(language, version));
      expect(id).toMatch(/^[a-z]+@[a-z0-9.]+$/);
    }
  });

  it('names the source by an extension of its language, so that the file that it makes is of it', () => {
    for (const language of LANGUAGES) expect(languageOfFile(language.fileName)).toBe(language);
  });

  it('can build what the guide names, and run what it can build', () => {
    const buildable = RUNTIMES.filter((runtime) => runtime.version.image);
    const named = Object.entries(GUIDE).flatMap(([id, versions]) => versions.map((v) => `${id}@${v}`));
    expect(buildable.map(({ id }) => id)).toEqual(expect.arrayContaining(named));
    for (const { language, commands } of buildable) {
      const first = commands.compile?.command ?? commands.run(DEFAULT_LIMITS);
      expect(first.length).toBeGreaterThan(0);
      expect(commands.run(DEFAULT_LIMITS).length).toBeGreaterThan(0);
      expect(commands.warmUp).not.toBe('');
      if (!commands.compile) expect(first).toContain(language.fileName);
      // One of those that wait is for the warm-up.
      if (commands.waiting) expect(commands.waiting.count).toBeGreaterThanOrEqual(2);
    }
  });

  it('pins what it takes from npm by version, checksum and place', () => {
    const parts = RUNTIMES.flatMap((runtime) => runtime.version.image?.npm ?? []);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) {
      expect(part.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(part.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
      expect(part.from).toMatch(/^[^/]/);
      expect(part.to).toMatch(/^\//);
    }
    const packages = new Map(parts.map((part) => [`${part.package}@${part.version}`, part.integrity]));
    unique([...packages.values()]);
    for (const { version } of RUNTIMES.filter(({ id }) => id.startsWith('javascript@'))) {
      const [node] = version.image?.npm ?? [];
      expect(node?.version.split('.')[0]).toBe(version.version);
    }
  });
});

describe('finding a language', () => {
  it('goes by id or alias, whatever the case', () => {
    for (const language of LANGUAGES) {
      for (const name of [language.id, ...language.aliases]) {
        expect(findLanguage(name)).toBe(language);
        expect(findLanguage(name.toUpperCase())).toBe(language);
      }
    }
    expect(findLanguage('C++').id).toBe('cpp');
    expect(findLanguage('nodejs').id).toBe('javascript');
  });

  it.each(['cobol', '', ' python', 'python@3.11', '__proto__'])(
    'refuses %j and says which there are',
    (name) => {
      expect(() => findLanguage(name)).toThrow(
        expect.objectContaining({
          code: 'unknown_language',
          message: `language: unknown language ${JSON.stringify(name)}; supported: python, javascript, typescript, ruby, go, rust, java, c, cpp, bash`,
        }),
      );
    },
  );

  it('quotes no more than 40 characters of what it does not know', () => {
    expect(() => findLanguage('x'.repeat(41))).toThrow(`"${'x'.repeat(40)}…"`);
    expect(() => findLanguage('a\n"b')).toThrow('"a\\n\\"b"');
  });
});

describe('choosing a runtime', () => {
  const python = findLanguage('python');

  it('takes the latest that is installed', () => {
    expect(resolveRuntime(python, undefined, all).id).toBe(`python@${python.versions.at(-1)?.version}`);
    expect(resolveRuntime(python, undefined, only('python@3.8', 'python@3.10')).id).toBe('python@3.10');
    expect(resolveRuntime(python, undefined, only('python@3.9', 'javascript@20')).id).toBe('python@3.9');
  });

  it('takes exactly the version that is named', () => {
    for (const { id, language, version } of RUNTIMES) {
      expect(resolveRuntime(language, version.version, only(id))).toMatchObject({ id, language, version });
    }
  });

  it('refuses a version outside the matrix and says which there are', () => {
    for (const version of ['3.7', '3', '', '3.11 ', '3.1']) {
      expect(() => resolveRuntime(python, version, all)).toThrow(
        expect.objectContaining({
          code: 'unknown_language',
          message: `language_version: unknown version ${JSON.stringify(version)} of Python; supported: ${python.versions.map(({ version }) => version).join(', ')}`,
        }),
      );
    }
  });

  it('names the command that installs what is missing', () => {
    expect(() => resolveRuntime(python, '3.11', only('python@3.8'))).toThrow(
      expect.objectContaining({
        code: 'runtime_not_installed',
        message:
          'language_version: Python 3.11 is not installed on this server; install it with: tvm images build python@3.11',
      }),
    );
    expect(() => resolveRuntime(findLanguage('js'), undefined, none)).toThrow(
      expect.objectContaining({
        code: 'runtime_not_installed',
        message:
          'language: JavaScript (Node.js) is not installed on this server; install it with: tvm images build javascript@26',
      }),
    );
  });
});

describe('a runtime of the operator’s own', () => {
  it('is that of the version before the dash, under its own name, and never the default', () => {
    const own = 'python@3.11-numpy';
    const runtime = resolveRuntime(findLanguage('python'), '3.11-numpy', only(own));
    const base = parseRuntimeId('python@3.11');
    expect(runtime).toMatchObject({ id: own, language: base.language, version: { version: '3.11-numpy' } });
    expect(runtime.commands).toEqual(base.commands);
    expect(runtime.version.image).toBeUndefined();
    expect(parseRuntimeId(own)).toMatchObject({ id: own });
    expect(() => resolveRuntime(findLanguage('python'), undefined, only(own))).toThrow('is not installed');
  });

  it('is refused when it is not installed, or no version comes before the dash', () => {
    expect(() => resolveRuntime(findLanguage('python'), '3.11-numpy', none)).toThrow(
      expect.objectContaining({
        code: 'runtime_not_installed',
        message:
          'language_version: Python 3.11-numpy is not installed on this server; install it with: tvm images build python@3.11 --name numpy, with what it shall hold',
      }),
    );
    for (const version of ['3.7-numpy', '3.11-', '-numpy', '3.11-Numpy', '3.11-a/b']) {
      expect(() => resolveRuntime(findLanguage('python'), version, all)).toThrow(
        expect.objectContaining({ code: 'unknown_language' }),
      );
    }
  });
});

describe('the id of a runtime', () => {
  it('is parsed with or without a version, by alias too', () => {
    for (const { id } of RUNTIMES) expect(parseRuntimeId(id).id).toBe(id);
    expect(parseRuntimeId('python').id).toBe(`python@${findLanguage('python').versions.at(-1)?.version}`);
    expect(parseRuntimeId('NODE').id).toBe('javascript@26');
    expect(parseRuntimeId('py@3.8').id).toBe('python@3.8');
  });

  it.each(['cobol', 'cobol@1', 'python@', 'python@4', '@3.11', '', 'python@3.11@x', 'python@3.11@'])(
    'is refused when there is none: %j',
    (text) => {
      expect(() => parseRuntimeId(text)).toThrow(expect.objectContaining({ code: 'unknown_language' }));
    },
  );
});

describe('the language of a file', () => {
  it.each([
    ['main.py', 'python'],
    ['/a.js/b.cjs', 'javascript'],
    ['x.test.ts', 'typescript'],
    ['Main.java', 'java'],
    ['a.c', 'c'],
    ['a.cpp', 'cpp'],
    ['a.rb', 'ruby'],
    ['a.go', 'go'],
    ['a.rs', 'rust'],
    ['a.sh', 'bash'],
  ])('%s is told by its extension', (path, id) => {
    expect(languageOfFile(path)?.id).toBe(id satisfies Language['id']);
  });

  it.each(['main', 'main.txt', 'py', 'main.pyc', 'a.py/b', ''])('%j is unknown', (path) => {
    expect(languageOfFile(path)).toBeUndefined();
  });
});

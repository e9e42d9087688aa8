import { TvmError } from '../errors.ts';
import { bash } from './bash.ts';
import { c } from './c.ts';
import { cpp } from './cpp.ts';
import { splitCustom } from './custom.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { javascript } from './javascript.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { runtimeId } from './schema.ts';
import { typescript } from './typescript.ts';
import type { Commands, Language, RuntimeId, RuntimeVersion } from './schema.ts';

/** Every language of the matrix, buildable or not. */
export const LANGUAGES: readonly Language[] = [
  python,
  javascript,
  typescript,
  ruby,
  go,
  rust,
  java,
  c,
  cpp,
  bash,
];

/** A language and one of its versions. */
export interface Runtime {
  readonly id: RuntimeId;
  readonly language: Language;
  readonly version: RuntimeVersion;
  /** Those of the language, as this version changes them. */
  readonly commands: Commands;
}

/** Every runtime of the matrix. */
export const RUNTIMES: readonly Runtime[] = LANGUAGES.flatMap((language) =>
  language.versions.map((version) => ({
    id: runtimeId(language, version),
    language,
    version,
    commands: { ...language, ...version },
  })),
);

/**
 * Finds a language by id or alias, whatever its case.
 * @throws TvmError `unknown_language` that lists the languages.
 */
export function findLanguage(name: string): Language {
  const wanted = name.toLowerCase();
  const found = LANGUAGES.find((l) => l.id === wanted || l.aliases.includes(wanted));
  if (found) return found;
  const known = LANGUAGES.map((l) => l.id).join(', ');
  throw new TvmError('unknown_language', `language: unknown language ${quote(name)}; supported: ${known}`);
}

/**
 * Finds the runtime for a language and an optional version, among those that `isInstalled` admits. Without a version
 * it is the latest that is installed.
 * @throws TvmError `unknown_language` for a version outside the matrix, `runtime_not_installed` with the command that
 *   installs it otherwise.
 */
export function resolveRuntime(
  language: Language,
  version: string | undefined,
  isInstalled: (id: RuntimeId) => boolean,
): Runtime {
  const candidates = RUNTIMES.filter((r) => r.language === language);
  if (version === undefined) {
    const latest = candidates.findLast((r) => isInstalled(r.id));
    if (latest) return latest;
    const suggested = candidates.findLast((r) => r.version.image) ?? candidates.at(-1);
    throw notInstalled(`language: ${language.name}`, suggested);
  }
  const found = candidates.find((r) => r.version.version === version) ?? customRuntime(candidates, version);
  if (!found) {
    const known = candidates.map((r) => r.version.version).join(', ');
    throw new TvmError(
      'unknown_language',
      `language_version: unknown version ${quote(version)} of ${language.name}; supported: ${known}`,
    );
  }
  if (!isInstalled(found.id)) throw notInstalled(`language_version: ${language.name} ${version}`, found);
  return found;
}

/** A user's own runtime such as 3.11-numpy: everything but its image is that of the version before the dash. */
function customRuntime(candidates: readonly Runtime[], text: string): Runtime | undefined {
  const base = candidates.find((r) => r.version.version === splitCustom(text)?.base);
  if (!base) return undefined;
  const { image: _, ...others } = base.version;
  const version = { ...others, version: text };
  return { ...base, id: runtimeId(base.language, version), version };
}

/**
 * Parses `python@3.11`, or `python` for the latest buildable version.
 * @throws TvmError `unknown_language`
 */
export function parseRuntimeId(text: string): Runtime {
  const at = text.indexOf('@');
  const version = at < 0 ? undefined : text.slice(at + 1);
  const language = findLanguage(at < 0 ? text : text.slice(0, at));
  return resolveRuntime(language, version, (id) =>
    version !== undefined ? true : RUNTIMES.some((r) => r.id === id && r.version.image !== undefined),
  );
}

/** The language of a source file by its extension, or undefined. */
export function languageOfFile(path: string): Language | undefined {
  return LANGUAGES.find((l) => l.extensions.some((extension) => path.endsWith(extension)));
}

function notInstalled(what: string, runtime: Runtime | undefined): TvmError {
  const own = splitCustom(runtime?.id ?? '');
  const how = own ? `${own.base} --name ${own.label}, with what it shall hold` : runtime?.id;
  const hint = own || runtime?.version.image ? `; install it with: tvm images build ${how}` : '';
  return new TvmError('runtime_not_installed', `${what} is not installed on this server${hint}`);
}

/** At most 40 characters of a client's text, quoted for an error message. */
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

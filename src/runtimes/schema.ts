/** Caps of one language, from the limits table of the TVM usage guide. */
export interface LanguageLimits {
  readonly maxMemoryMb: number;
  readonly maxCpuCount: number;
  readonly maxTimeoutMs: number;
}

/** A file taken from an npm package into an image, for example a Node.js binary. */
export interface NpmFile {
  readonly package: string;
  /** Exact version. */
  readonly version: string;
  /** Checksum of the package as npm's `dist.integrity` gives it. */
  readonly integrity: string;
  /** Path inside the package. */
  readonly from: string;
  /** Absolute path inside the image. */
  readonly to: string;
}

/** What an image is made from; together with the builder's sources it determines the image. */
export interface ImageRecipe {
  /** Debian suite that gives the base system and the packages. */
  readonly suite: 'bookworm';
  readonly packages: readonly string[];
  readonly npmFiles?: readonly NpmFile[];
  /** Texts to add as files: absolute path inside the image to content. */
  readonly files?: Readonly<Record<string, string>>;
  /** Symbolic links to make: absolute path inside the image to target. */
  readonly links?: Readonly<Record<string, string>>;
}

/**
 * An interpreter that is started in a template and waits there for its program: the guest's kernel stops it where it opens
 * its gate, a file in the workspace (guest/waiting.h). Generators that were seeded by then have the same seed in all
 * clones, so the runtime must draw a new one afterwards, by itself or in what is preloaded.
 */
export interface Waiting {
  /**
   * File in the workspace whose opening means that the interpreter is ready: the program, or an empty one that the
   * interpreter removes.
   */
  readonly gate: string;
  /** Environment beside that of the program, which the interpreter must remove. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * How many are started in a template, 1 to 8. Each clone uses one, drawn at random, and in the pool another for the
   * warm-up.
   */
  readonly count: number;
}

export interface RuntimeVersion {
  readonly version: string;
  /** Absent: in the matrix, but this release cannot build its image. */
  readonly image?: ImageRecipe;
}

/** One language of the catalogue. Adding a version is a line of data here and `tvm images build`. */
export interface Language {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** File name extensions by which `tvm run FILE` knows the language. */
  readonly extensions: readonly string[];
  /** Name under which the source stands in the workspace. */
  readonly fileName: string;
  /** Command that runs the source; the request's args are appended. */
  readonly run: readonly string[];
  /** A program that a machine runs before it is handed out, so that what every run needs is loaded and translated. */
  readonly warmUp: string;
  /** Absent: the interpreter starts with its program. */
  readonly waiting?: Waiting;
  /** Environment beside {@link COMMON_ENVIRONMENT}. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly limits: LanguageLimits;
  /** Oldest first, as the guides list them. */
  readonly versions: readonly RuntimeVersion[];
}

/** Folder in the guest that holds the source and is the working directory. */
export const WORKSPACE = '/workspace';

/** Environment of every program. */
export const COMMON_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: WORKSPACE,
  USER: 'runner',
  LOGNAME: 'runner',
  LANG: 'C.UTF-8',
  TMPDIR: '/tmp',
};

/** Name of a runtime as the CLI and the image store write it: `python@3.11`. */
export type RuntimeId = `${string}@${string}`;

export function runtimeId(language: Language, version: RuntimeVersion): RuntimeId {
  return `${language.id}@${version.version}`;
}

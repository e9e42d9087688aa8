/** Limits of the run stage of one execution. */
export interface ExecutionLimits {
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly cpuCount: number;
}

/** Caps of one language, from the limits table of the TVM usage guide. */
export interface LanguageLimits {
  readonly maxMemoryMb: number;
  readonly maxCpuCount: number;
  readonly maxTimeoutMs: number;
}

/** A file or folder taken from an npm package into an image, for example a Node.js binary. */
export interface NpmPart {
  readonly package: string;
  /** Exact version. */
  readonly version: string;
  /** Checksum of the package as npm's `dist.integrity` gives it. */
  readonly integrity: string;
  /** Path of a file or folder inside the package; `.` for all of it. */
  readonly from: string;
  /** Absolute path inside the image. */
  readonly to: string;
}

/** Debian suites that images are made from. Debian does not support `sid`; it is for versions that nothing else has. */
export type DebianSuite =
  | 'bullseye'
  | 'bookworm'
  | 'bookworm-backports'
  | 'trixie'
  | 'trixie-backports'
  | 'sid';

/** The root file system that an image begins with. */
export type ImageBase =
  | { readonly kind: 'debian'; readonly suite: DebianSuite; readonly packages: readonly string[] }
  /** An OCI image by its full name, such as `docker.io/library/python:3.8-slim`. */
  | { readonly kind: 'oci'; readonly reference: string };

/** What an image is made from; together with the builder's sources it determines the image. */
export interface ImageRecipe {
  readonly base: ImageBase;
  readonly npm?: readonly NpmPart[];
  /** Texts to add as files: absolute path inside the image to content. */
  readonly files?: Readonly<Record<string, string>>;
  /** Symbolic links to make: absolute path inside the image to target. */
  readonly links?: Readonly<Record<string, string>>;
  /**
   * Commands that run in the tree, in order, as its root and without network, after everything above is in place: for
   * example to precompile headers. All files have one fixed time of change by then, and get it again afterwards.
   */
  readonly steps?: readonly (readonly string[])[];
  /** What to remove in the end beside what no image keeps: paths without the leading slash, `*` and `**` allowed. */
  readonly remove?: readonly string[];
  /** Prints the version, and must print `expect` in it: that is how an OCI image proves to be what its name says. */
  readonly probe: { readonly command: readonly string[]; readonly expect: string };
}

/**
 * An interpreter or compiler that is started in a template and waits there for its program: the guest's kernel stops it where it opens
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

/** The stage that makes a program of the source. Its diagnostics are the client's to read. */
export interface CompileStage {
  /** Runs in the workspace, which holds the source, and leaves there what {@link Commands.run} runs. */
  readonly command: readonly string[];
  /** Its own limits; what a request asks for is for the run stage. The machine is at least so large. */
  readonly limits: { readonly timeoutMs: number; readonly memoryMb: number };
}

/** How source becomes output. */
export interface Commands {
  /** Absent: the source runs as it is. */
  readonly compile?: CompileStage;
  /** Command that runs the program, with that program's limits; the request's args are appended. */
  readonly run: (limits: ExecutionLimits) => readonly string[];
  /** Of the first stage; absent: it starts when the source is there. */
  readonly waiting?: Waiting;
  /** Environment of both stages beside {@link COMMON_ENVIRONMENT}. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A program that a machine runs before it is handed out, so that what every run needs is loaded and translated. */
  readonly warmUp: string;
}

/** A version, and in what its commands differ from those of its language. */
export interface RuntimeVersion extends Partial<Commands> {
  readonly version: string;
  /** Absent: in the matrix, but this release cannot build its image. */
  readonly image?: ImageRecipe;
}

/** One language of the catalogue. Adding a version is a line of data here and `tvm images build`. */
export interface Language extends Commands {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** File name extensions by which `tvm run FILE` knows the language. */
  readonly extensions: readonly string[];
  /** Name under which the source stands in the workspace. */
  readonly fileName: string;
  readonly limits: LanguageLimits;
  /** The last that is installed is the default. */
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

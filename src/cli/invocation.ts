import type { LogComponent } from '../sys/paths.ts';
import type { SettingFlags } from './setting-options.ts';

/** A command line, understood. `flags` are the settings among it. */
export type Invocation =
  | ({ readonly command: 'start' } & StartInvocation)
  | { readonly command: 'stop' }
  | { readonly command: 'status'; readonly json: boolean }
  | ({ readonly command: 'logs' } & LogsInvocation)
  | ({ readonly command: 'run' } & RunInvocation)
  | ({ readonly command: 'images build' } & ImagesBuildInvocation)
  | { readonly command: 'images list'; readonly json: boolean; readonly markdown: boolean }
  | { readonly command: 'images remove'; readonly runtimes: readonly string[] }
  | { readonly command: 'kernel build'; readonly force: boolean }
  | { readonly command: 'kernel status'; readonly json: boolean }
  | { readonly command: 'kernel remove' }
  | { readonly command: 'keys add'; readonly name: string }
  | { readonly command: 'keys list'; readonly json: boolean }
  | { readonly command: 'keys revoke'; readonly name: string }
  | { readonly command: 'quickstart'; readonly flags: SettingFlags }
  | { readonly command: 'doctor'; readonly json: boolean; readonly fix: boolean }
  | ({ readonly command: 'bench' } & BenchInvocation)
  | { readonly command: 'setup' }
  /** Help or the version, to be printed. */
  | { readonly command: 'none'; readonly text: string; readonly exitCode: number };

export interface StartInvocation {
  readonly flags: SettingFlags;
  readonly foreground: boolean;
  /** The process that `tvm start` itself starts. */
  readonly background: boolean;
  readonly json: boolean;
}

export interface LogsInvocation {
  readonly component?: LogComponent | undefined;
  readonly follow: boolean;
  readonly lines: number;
  readonly json: boolean;
}

export interface RunInvocation {
  readonly flags: SettingFlags;
  /** Path, or `-` for standard input. */
  readonly file: string;
  readonly args: readonly string[];
  readonly language?: string | undefined;
  /** Of the language. */
  readonly version?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly memoryMb?: number | undefined;
  readonly cpuCount?: number | undefined;
  /** Path, or `-` for standard input; absent: end of file at once. */
  readonly stdin?: string | undefined;
  readonly json: boolean;
}

export interface ImagesBuildInvocation {
  readonly runtimes: readonly string[];
  readonly all: boolean;
  /** Of a runtime of the user's own; what follows is only for that. */
  readonly name?: string | undefined;
  /** Debian packages. */
  readonly with: readonly string[];
  readonly withNpm: readonly string[];
  readonly copy: readonly string[];
  readonly oci?: string | undefined;
  /** Whether only the kinds of sources shall be printed: the set-up asks for them. */
  readonly sources: boolean;
}

export interface BenchInvocation {
  readonly rounds: number;
  /** Names of runtimes; none for all that are installed. */
  readonly runtimes: readonly string[];
  /** How long clones shall wait, in s; absent: not measured. */
  readonly idleSeconds?: number | undefined;
  /** File that takes the report as JSON, beside what is printed. */
  readonly report?: string | undefined;
  readonly json: boolean;
}

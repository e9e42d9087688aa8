import type { runOnce, startService } from '../main.ts';
import type { Interrupt } from './interrupt.ts';
import type { Output } from './output.ts';

/** What runs code: loaded only by the commands that need it, and replaced by tests. */
export interface Engine {
  readonly startService: typeof startService;
  readonly runOnce: typeof runOnce;
}

/** What every command gets beside its own options. */
export interface CliContext {
  readonly output: Output;
  readonly interrupt: Interrupt;
  /** Absolute path of the script that `start` runs again in the background. */
  readonly entry: string;
  readonly loadEngine: () => Promise<Engine>;
}

import type { MachineOrigin } from '../pyrovm/pool/supply.ts';
import type { CloneMemory } from './clones.ts';
import type { CpuMeter } from './cpu-meter.ts';
import type { Goal } from './goals.ts';
import type { HostDescription } from './host.ts';
import type { IdleFigures } from './idle.ts';
import type { BurstFigures, LoadFigures } from './load.ts';
import type { Quantiles } from './quantiles.ts';
import type { BareFigures, SequenceFigures } from './sequence.ts';

/** What was measured of one runtime. */
export interface RuntimeFigures {
  /** One after the other, by how the machines came to be. */
  readonly executions: Readonly<Partial<Record<MachineOrigin, SequenceFigures>>>;
  /** The same program in bubblewrap on the host's interpreter; absent where the host lacks either. */
  readonly bare?: BareFigures;
  readonly load: LoadFigures;
  readonly burst: BurstFigures;
  /** Absent where this user may not see it. */
  readonly memory: { readonly idle?: CloneMemory; readonly busy?: CloneMemory };
  /** Only when it was asked for. */
  readonly idle?: IdleFigures;
}

/** What one run of the benchmark found. Ratios within one report can be trusted, times cannot. */
export interface BenchReport {
  readonly date: string;
  readonly tvmVersion: string;
  readonly host: HostDescription;
  readonly rounds: number;
  /** Clones that waited in the pool. */
  readonly poolSize: number;
  readonly cpuMethod: CpuMeter['method'];
  /** By runtime id. */
  readonly runtimes: Readonly<Record<string, RuntimeFigures>>;
  /** By runtime id. */
  readonly goals: Readonly<Record<string, readonly Goal[]>>;
  /** What pyroshell adds: a whole HTTP request to an engine that answers at once, in ms. */
  readonly gateway: Quantiles;
}

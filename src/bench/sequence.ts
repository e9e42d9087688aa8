import { TvmError } from '../errors.ts';
import type { MachineOrigin } from '../pyrovm/pool/supply.ts';
import type { BareSandbox } from './bare-sandbox.ts';
import type { CpuMeter } from './cpu-meter.ts';
import { mustBeRight } from './execution.ts';
import type { RightRun } from './execution.ts';
import { quantilesOf } from './quantiles.ts';
import type { Quantiles } from './quantiles.ts';
import type { Target } from './target.ts';

/** Executions one after the other whose machines came to be in one way; times in ms. */
export interface SequenceFigures {
  /** From sending the HTTP request to having read the reply. */
  readonly http: Quantiles;
  /** From asking for a machine to the end of the program. */
  readonly toResult: Quantiles;
  /** Until there was a machine. */
  readonly machine: Quantiles;
  readonly program: Quantiles;
  readonly teardown: Quantiles;
  /** Compile and run stage, as the reply reports them. */
  readonly reported: Quantiles;
  /** Processor time per execution, with all that follows from it: teardown, and the machine that takes its place. */
  readonly cpuSeconds: number;
}

export interface BareFigures {
  readonly interpreter: BareSandbox['interpreter'];
  /** Start to end of the sandbox, in ms. */
  readonly times: Quantiles;
  readonly cpuSeconds: number;
}

export interface SequenceOptions {
  readonly targets: readonly Target[];
  readonly bare: BareSandbox | undefined;
  readonly meter: CpuMeter;
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** What is quick is measured more often: executions per round. */
const PER_ROUND: Readonly<Record<MachineOrigin, number>> = { booted: 1, restored: 1, pooled: 3 };

/** Executions may come to be in another way, at most so many per one that did not. */
const TRIES_PER_RUN = 3;

/**
 * Runs hello world again and again, in every way by turns: whatever else the host does meanwhile slows all of them, and
 * their ratios stay. The bare sandbox runs beside each pooled execution, with which it is compared.
 */
export async function measureSequence(options: SequenceOptions): Promise<{
  readonly executions: Partial<Record<MachineOrigin, SequenceFigures>>;
  readonly bare?: BareFigures;
}> {
  const { targets, bare, meter, rounds, signal, progress } = options;
  const series = targets.map((target) => new Series(target, meter));
  const bareMs: number[] = [];
  let bareCpu = 0;
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}`);
    for (const one of series) {
      for (let run = 0; run < PER_ROUND[one.target.origin]; run += 1) {
        if (bare && one.target.origin === 'pooled') {
          const before = meter.seconds();
          bareMs.push(await bare.run(signal));
          bareCpu += meter.seconds() - before;
        }
        await one.add(signal);
      }
    }
  }
  return {
    executions: Object.fromEntries(series.map((one) => [one.target.origin, one.figures()])),
    ...(bare
      ? {
          bare: {
            interpreter: bare.interpreter,
            times: quantilesOf(bareMs),
            cpuSeconds: bareCpu / bareMs.length,
          },
        }
      : {}),
  };
}

class Series {
  readonly target: Target;
  readonly #meter: CpuMeter;
  readonly #runs: RightRun[] = [];
  #cpuSeconds = 0;

  constructor(target: Target, meter: CpuMeter) {
    this.target = target;
    this.#meter = meter;
  }

  /** One more execution, and all that follows from it. */
  async add(signal: AbortSignal): Promise<void> {
    const { origin } = this.target;
    for (let tries = 0; tries < TRIES_PER_RUN; tries += 1) {
      await this.target.settled();
      const before = this.#meter.seconds();
      const run = mustBeRight(await this.target.run('hello', signal));
      await this.target.settled();
      if (run.result.machine !== origin) continue;
      this.#cpuSeconds += this.#meter.seconds() - before;
      this.#runs.push(run);
      return;
    }
    throw new TvmError('internal', `machines are not ${origin}`);
  }

  figures(): SequenceFigures {
    const of = (pick: (run: RightRun) => number): Quantiles =>
      quantilesOf(this.#runs.map((run) => pick(run)));
    return {
      http: of(({ ms }) => ms),
      toResult: of(({ result: { timings } }) => timings.boot_ms + timings.setup_ms + timings.run_ms),
      machine: of(({ result }) => result.timings.boot_ms),
      program: of(({ result }) => result.timings.run_ms),
      teardown: of(({ result }) => result.timings.teardown_ms),
      reported: of(({ result }) => (result.compile?.time_ms ?? 0) + result.execution_time_ms),
      cpuSeconds: this.#cpuSeconds / this.#runs.length,
    };
  }
}

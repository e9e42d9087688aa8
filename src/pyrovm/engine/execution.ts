import type { MachineOrigin } from '../pool/supply.ts';
import type { TemplatePhase } from '../template/store.ts';
import type { DriverInfo } from '../vmm/driver.ts';
import type { RuntimeState } from '../../images/states.ts';
import type { ExecutionLimits, RuntimeId } from '../../runtimes/schema.ts';

/** How a program ended; the set is closed. */
export const EXECUTION_STATUSES = [
  'ok',
  'runtime_error',
  'compile_error',
  'timeout',
  'out_of_memory',
  'output_limit',
  'killed',
] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** One execution as asked for; what is absent takes its default. */
export interface ExecutionInput {
  /** Unique id, also the id of the microVM and of every log line about it. */
  readonly requestId: string;
  /** Who asks, for fairness between clients: today the address; absent: all such share one turn. */
  readonly client?: string | undefined;
  readonly language: string;
  readonly languageVersion?: string | undefined;
  readonly code: string;
  /** Absent: end of file at once. */
  readonly stdin?: Buffer | undefined;
  readonly args?: readonly string[] | undefined;
  readonly limits: { readonly [K in keyof ExecutionLimits]?: number | undefined };
  /** Time limit when `limits.timeoutMs` is absent, lowered to the language's cap; else the guide's 5000 ms. */
  readonly defaultTimeoutMs?: number | undefined;
}

/** Wall-clock time of each phase of an execution, in ms with fractions. */
export interface ExecutionTimings {
  /** Waiting for a place. */
  readonly queue_ms: number;
  /** Until there was a machine that knows who it is: taken from the pool, cloned, or booted. */
  readonly boot_ms: number;
  /** The source into the guest. */
  readonly setup_ms: number;
  /** The compiler and the program, seen from the host. */
  readonly run_ms: number;
  /** Until the VM process was gone. */
  readonly teardown_ms: number;
  readonly total_ms: number;
}

/** What became of one program: the client's, or its compiler. */
export interface StageOutcome {
  /** A stage does not know what it is for. */
  readonly status: Exclude<ExecutionStatus, 'compile_error'>;
  /** 128 + n for a program ended by signal n. */
  readonly exitCode: number;
  /** Name such as `SIGKILL`, or null. */
  readonly signal: string | null;
  /** Exact bytes, at most the output limit. */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly stdoutTruncated: boolean;
  readonly stderrTruncated: boolean;
  /** Wall-clock time of the program in the guest, in ms with fractions. */
  readonly executionTimeMs: number;
  /** CPU time of the program and its children, as the guest claims, in ms. */
  readonly cpuTimeMs: number;
  /** Peak memory of the program and its children, as the guest claims, in bytes. */
  readonly memoryPeakBytes: number;
}

/**
 * What became of an execution: of its program, or where there is none, because the compile stage failed, the exit code
 * and the diagnostics of that.
 */
export interface ExecutionResult extends Omit<StageOutcome, 'status'> {
  readonly requestId: string;
  readonly language: string;
  readonly languageVersion: string;
  readonly status: ExecutionStatus;
  /** The stage before the program; undefined in languages that have none. */
  readonly compile: StageOutcome | undefined;
  /** Whether the machine waited ready, was cloned from a template for this execution, or was booted for it. */
  readonly machine: MachineOrigin;
  readonly timings: ExecutionTimings;
}

/** `starting` until a driver is proven, `failed` when none is. */
export type ExecutorState =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly info: DriverInfo }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'stopping' };

export interface LanguageStatistics {
  readonly executions: number;
  readonly pool_hits: number;
  readonly pool_misses: number;
  readonly restores: number;
  readonly boots: number;
  readonly vms_created: number;
  readonly vms_destroyed: number;
  readonly vm_failures: number;
}

/** Body of `data` in `GET /debug/vm-pools`; every figure is true when it is read. Ages in seconds. */
export interface PoolReport {
  readonly timestamp: string;
  readonly uptime_seconds: number;
  readonly pool_status: Readonly<
    Record<
      string,
      {
        available: number;
        /** How many shall wait. */
        target: number;
        vms: readonly { id: string; language_version: string; age_seconds: number }[];
      }
    >
  >;
  /** State of each template, by runtime, memory and CPUs. */
  readonly templates: Readonly<Record<string, 'loading' | 'building' | 'ready' | 'failed'>>;
  /** Templates that are loading or building: what is being done, and for how long. */
  readonly template_progress: Readonly<
    Record<string, { readonly phase: TemplatePhase; readonly age_seconds: number }>
  >;
  readonly active_vms: readonly {
    readonly id: string;
    readonly language: string;
    readonly language_version: string;
    /** `starting` until there is a VM, `ending` from the program's end until the VM is gone. */
    readonly state: 'starting' | 'running' | 'ending';
    readonly age_seconds: number;
  }[];
  readonly statistics: Omit<LanguageStatistics, 'executions'> & {
    readonly executions_count: number;
    readonly by_language: Readonly<Record<string, LanguageStatistics>>;
  };
  readonly health: {
    readonly utilization: number;
    readonly running: number;
    readonly capacity: number;
    readonly queued: number;
    readonly queue_capacity: number;
    readonly pool_hit_rate: number;
  };
}

/** How a runtime stands where code runs. */
export interface RuntimeReport {
  readonly id: RuntimeId;
  readonly state: RuntimeState['state'];
  /** Why it is not there, if that is known. */
  readonly reason: string | undefined;
  /** What the installed one says of itself, such as `Python 3.11.2`. */
  readonly exactVersion: string | undefined;
}

/** What pyroshell needs of whatever runs code: the engine in this process, or an upstream. */
export interface Executor {
  /**
   * Runs one program in a fresh microVM that is gone when this settles. A program that fails, times out or is killed
   * is a result, not an error.
   * @throws TvmError for a request that is refused and for failures of TVM itself.
   */
  execute(input: ExecutionInput, options: { readonly signal: AbortSignal }): Promise<ExecutionResult>;
  state(): ExecutorState;
  pools(): PoolReport;
  /** Its metrics in Prometheus' text format. */
  metrics(): Promise<string>;
  /** Ids such as `python@3.11` that can run now. */
  installedRuntimes(): Promise<readonly string[]>;
  /** Every runtime of the catalogue in its order, then the operator's own. */
  runtimes(): Promise<readonly RuntimeReport[]>;
}

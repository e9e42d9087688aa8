import type {
  ExecutionInput,
  ExecutionResult,
  Executor,
  ExecutorState,
  PoolReport,
  RuntimeReport,
} from '../../src/pyrovm/engine/execution.ts';

/** What a fake execution does: returns, throws or waits for its signal. */
export type Script = (
  input: ExecutionInput,
  options: { readonly signal: AbortSignal },
) => ExecutionResult | Promise<ExecutionResult>;

/** An Executor without VMs: it records what it is asked and answers as its script says. */
export class FakeExecutor implements Executor {
  readonly inputs: ExecutionInput[] = [];
  script: Script;
  currentState: ExecutorState = READY;
  installed: readonly string[] = ['javascript@20', 'python@3.11'];
  runtimeReports: readonly RuntimeReport[] = [];
  report: PoolReport = emptyReport();

  constructor(script: Script = (input) => fakeResult(input)) {
    this.script = script;
  }

  async execute(input: ExecutionInput, options: { readonly signal: AbortSignal }): Promise<ExecutionResult> {
    this.inputs.push(input);
    return this.script(input, options);
  }

  state(): ExecutorState {
    return this.currentState;
  }

  pools(): PoolReport {
    return this.report;
  }

  async metrics(): Promise<string> {
    return '';
  }

  async installedRuntimes(): Promise<readonly string[]> {
    return this.installed;
  }

  async runtimes(): Promise<readonly RuntimeReport[]> {
    return this.runtimeReports;
  }
}

export const READY: ExecutorState = {
  state: 'ready',
  info: {
    name: 'qemu',
    version: '7.2.0',
    accelerator: 'tcg',
    isolation: 'emulated',
    jail: 'bubblewrap',
  },
};

/** The result of `print("Hello, World!")`, with what a test wants different. */
export function fakeResult(
  input: Pick<ExecutionInput, 'requestId' | 'language' | 'languageVersion'>,
  different: Partial<ExecutionResult> = {},
): ExecutionResult {
  return {
    requestId: input.requestId,
    language: input.language,
    languageVersion: input.languageVersion ?? '3.11',
    status: 'ok',
    exitCode: 0,
    signal: null,
    stdout: Buffer.from('Hello, World!\n'),
    stderr: Buffer.alloc(0),
    stdoutTruncated: false,
    stderrTruncated: false,
    executionTimeMs: 41.6,
    cpuTimeMs: 20.12345,
    memoryPeakBytes: 9_437_184,
    compile: undefined,
    machine: 'booted',
    timings: {
      queue_ms: 0.12345,
      boot_ms: 100.5,
      setup_ms: 5.25,
      run_ms: 45.4567,
      teardown_ms: 3,
      total_ms: 154.33015,
    },
    ...different,
  };
}

function emptyReport(): PoolReport {
  return {
    timestamp: '2026-11-21T12:00:00.000Z',
    uptime_seconds: 12.34,
    pool_status: {},
    templates: {},
    template_progress: {},
    active_vms: [],
    statistics: {
      executions_count: 0,
      pool_hits: 0,
      pool_misses: 0,
      restores: 0,
      boots: 0,
      vms_created: 0,
      vms_destroyed: 0,
      vm_failures: 0,
      by_language: {},
    },
    health: { utilization: 0, running: 0, capacity: 2, queued: 0, queue_capacity: 100, pool_hit_rate: 0 },
  };
}

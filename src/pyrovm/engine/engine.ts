import { setMaxListeners } from 'node:events';
import { TvmError } from '../../errors.ts';
import type { InstalledImages } from '../../images/installed.ts';
import type { Logger } from '../../observability/log.ts';
import { Limiter } from '../../sys/limiter.ts';
import { linkAbort } from '../../sys/linked-abort.ts';
import type { Instance } from '../instance.ts';
import { vmId } from '../instance.ts';
import type { BootArtefacts, VmmDriver } from '../vmm/driver.ts';
import type {
  ExecutionInput,
  ExecutionResult,
  ExecutionTimings,
  Executor,
  ExecutorState,
  PoolReport,
} from './execution.ts';
import { bootMachine, machineFailure } from './machine.ts';
import type { Machine } from './machine.ts';
import { resolveRequest } from './request.ts';
import type { ExecutionRequest } from './request.ts';
import { runStage } from './stage.ts';
import type { StageLimits, StageResult } from './stage.ts';
import { EngineStatistics } from './statistics.ts';

export interface EngineOptions {
  readonly instance: Instance;
  readonly images: InstalledImages;
  readonly logger: Logger;
  /** Executions at a time. */
  readonly capacity: number;
  readonly queueCapacity: number;
  readonly queueTimeoutMs: number;
  readonly bootTimeoutMs: number;
  readonly stageLimits: StageLimits;
}

type State =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly driver: VmmDriver; readonly boot: BootArtefacts }
  | { readonly state: 'stopping' };

interface ActiveVm {
  readonly id: string;
  readonly request: ExecutionRequest;
  readonly since: number;
}

/** pyrovm: runs each execution in a microVM of its own, which is gone when the execution settles. */
export class Engine implements Executor {
  readonly #options: EngineOptions;
  readonly #limiter: Limiter;
  readonly #statistics = new EngineStatistics();
  readonly #active = new Map<string, ActiveVm>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #killAll = new AbortController();
  readonly #startedAt = performance.now();
  #state: State = { state: 'starting' };

  constructor(options: EngineOptions) {
    this.#options = options;
    // Every execution listens to it; Node takes more than ten for a leak.
    setMaxListeners(0, this.#killAll.signal);
    this.#limiter = new Limiter({
      capacity: options.capacity,
      queueCapacity: options.queueCapacity,
      queueTimeoutMs: options.queueTimeoutMs,
    });
  }

  /** Opens for business with a driver that has proven itself. */
  ready(driver: VmmDriver, boot: BootArtefacts): void {
    if (this.#state.state === 'starting') this.#state = { state: 'ready', driver, boot };
  }

  async execute(
    input: ExecutionInput,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<ExecutionResult> {
    const execution = this.#execute(input, signal);
    this.#running.add(execution);
    try {
      return await execution;
    } finally {
      this.#running.delete(execution);
    }
  }

  /** Refuses new executions, waits `graceMs` for those that run, then kills the rest and waits for their end. */
  async stop(graceMs: number): Promise<void> {
    this.#state = { state: 'stopping' };
    this.#limiter.close();
    const kill = setTimeout(
      () => this.#killAll.abort(new TvmError('stopping', 'TVM is stopping', { retryAfterSeconds: 5 })),
      graceMs,
    );
    await Promise.allSettled(this.#running);
    clearTimeout(kill);
  }

  state(): ExecutorState {
    const state = this.#state;
    return state.state === 'ready' ? { state: 'ready', info: state.driver.info } : state;
  }

  async installedRuntimes(): Promise<readonly string[]> {
    return [...(await this.#options.images.current()).keys()];
  }

  pools(): PoolReport {
    const now = performance.now();
    const executions = this.#statistics.total('executions');
    return {
      timestamp: new Date().toISOString(),
      uptime_seconds: (now - this.#startedAt) / 1000,
      // No VM waits for work in this release: each is booted for its request.
      pool_status: {},
      active_vms: [...this.#active.values()].map(({ id, request, since }) => ({
        id,
        language: request.runtime.language.id,
        language_version: request.runtime.version.version,
        age_seconds: (now - since) / 1000,
      })),
      statistics: {
        executions_count: executions,
        vms_created: this.#statistics.total('vms_created'),
        vms_destroyed: this.#statistics.total('vms_destroyed'),
        by_language: this.#statistics.byLanguage(),
      },
      health: {
        utilization: this.#limiter.running / this.#limiter.capacity,
        running: this.#limiter.running,
        capacity: this.#limiter.capacity,
        queued: this.#limiter.queued,
        queue_capacity: this.#limiter.queueCapacity,
        pool_hit_rate: executions === 0 ? 0 : this.#statistics.total('pool_hits') / executions,
      },
    };
  }

  async #execute(input: ExecutionInput, clientSignal: AbortSignal): Promise<ExecutionResult> {
    const arrivedAt = performance.now();
    const { driver, boot } = this.#requireReady();
    const images = await this.#options.images.current();
    const request = resolveRequest(input, (id) => images.has(id));
    const image = images.get(request.runtime.id);
    if (!image) throw new TvmError('internal', 'the image vanished');

    using linked = linkAbort(clientSignal, this.#killAll.signal);
    const { signal } = linked;
    using _lease = await this.#limiter.acquire(signal);
    const admittedAt = performance.now();
    let bootedAt = admittedAt;
    const machine = await this.#track(request, async (id) =>
      bootMachine(request, {
        driver,
        boot,
        rootfs: image.path,
        id,
        bootTimeoutMs: this.#options.bootTimeoutMs,
        signal,
        onBooted: () => {
          bootedAt = performance.now();
        },
      }),
    );
    let readyAt: number;
    let endedAt: number;
    let stage: StageResult;
    try {
      const { language } = request.runtime;
      machine.agent.putFile(language.fileName, 0o644, request.code);
      readyAt = performance.now();
      stage = await this.#runUnlessAborted(machine, request, signal);
      endedAt = performance.now();
    } finally {
      await machine[Symbol.asyncDispose]();
    }
    const goneAt = performance.now();
    this.#statistics.count(request.runtime.language.id, 'executions');
    this.#statistics.count(request.runtime.language.id, 'pool_misses');
    const timings: ExecutionTimings = {
      queue_ms: admittedAt - arrivedAt,
      boot_ms: bootedAt - admittedAt,
      setup_ms: readyAt - bootedAt,
      run_ms: endedAt - readyAt,
      teardown_ms: goneAt - endedAt,
      total_ms: goneAt - arrivedAt,
    };
    this.#log(request, stage, timings);
    const { hostReason: _, ...result } = stage;
    return {
      requestId: request.requestId,
      language: request.runtime.language.id,
      languageVersion: request.runtime.version.version,
      ...result,
      timings,
    };
  }

  /** Counts and lists a machine from before its process starts until after it is gone. */
  async #track(request: ExecutionRequest, make: (id: string) => Promise<Machine>): Promise<Machine> {
    const id = vmId(this.#options.instance, request.requestId);
    const language = request.runtime.language.id;
    this.#active.set(id, { id, request, since: performance.now() });
    this.#statistics.count(language, 'vms_created');
    const gone = (): void => {
      if (this.#active.delete(id)) this.#statistics.count(language, 'vms_destroyed');
    };
    try {
      const machine = await make(id);
      return {
        ...machine,
        async [Symbol.asyncDispose]() {
          await machine[Symbol.asyncDispose]();
          gone();
        },
      };
    } catch (error) {
      gone();
      throw error;
    }
  }

  async #runUnlessAborted(
    machine: Machine,
    request: ExecutionRequest,
    signal: AbortSignal,
  ): Promise<StageResult> {
    // Killing the VM ends the conversation with its agent, and so the stage.
    const kill = (): void => void machine.vm[Symbol.asyncDispose]();
    signal.addEventListener('abort', kill, { once: true });
    try {
      signal.throwIfAborted();
      const stage = await runStage(machine.agent, request, this.#options.stageLimits);
      signal.throwIfAborted();
      return stage;
    } catch (error) {
      signal.throwIfAborted();
      throw machineFailure(machine.vm, error);
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  #requireReady(): { readonly driver: VmmDriver; readonly boot: BootArtefacts } {
    switch (this.#state.state) {
      case 'ready':
        return this.#state;
      case 'starting':
        throw new TvmError('starting', 'TVM is starting', { retryAfterSeconds: 2 });
      case 'stopping':
        throw new TvmError('stopping', 'TVM is stopping', { retryAfterSeconds: 5 });
    }
  }

  #log(request: ExecutionRequest, stage: StageResult, timings: ExecutionTimings): void {
    this.#options.logger.info(
      {
        request_id: request.requestId,
        runtime: request.runtime.id,
        ...request.limits,
        status: stage.status,
        exit_code: stage.exitCode,
        signal: stage.signal,
        code_bytes: request.code.length,
        stdin_bytes: request.stdin.length,
        stdout_bytes: stage.stdout.length,
        stderr_bytes: stage.stderr.length,
        execution_time_ms: Math.round(stage.executionTimeMs),
        host_reason: stage.hostReason,
        timings: Object.fromEntries(
          Object.entries(timings).map(([phase, ms]: [string, number]) => [phase, Math.round(ms)]),
        ),
      },
      'execution',
    );
  }
}

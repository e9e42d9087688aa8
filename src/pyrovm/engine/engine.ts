import { setMaxListeners } from 'node:events';
import { TvmError } from '../../errors.ts';
import type { InstalledImages } from '../../images/installed.ts';
import type { Logger } from '../../observability/log.ts';
import { parseRuntimeId } from '../../runtimes/catalogue.ts';
import { DEFAULT_LIMITS } from '../../runtimes/limits.ts';
import { Limiter } from '../../sys/limiter.ts';
import { linkAbort } from '../../sys/linked-abort.ts';
import type { Instance } from '../instance.ts';
import { vmId } from '../instance.ts';
import { machineFailure } from '../machine/machine.ts';
import type { Machine } from '../machine/machine.ts';
import { MachineSupply } from '../pool/supply.ts';
import type { MachineOrigin } from '../pool/supply.ts';
import { shapeOf } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import type { BootArtefacts, VmmDriver } from '../vmm/driver.ts';
import type {
  ExecutionInput,
  ExecutionResult,
  ExecutionTimings,
  Executor,
  ExecutorState,
  PoolReport,
} from './execution.ts';
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
  /** Absent: every machine is booted for its execution. */
  readonly templates?:
    | { readonly folder: string; readonly poolSize: number; readonly make: boolean }
    | undefined;
}

type State =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly driver: VmmDriver; readonly supply: MachineSupply }
  | { readonly state: 'stopping' };

interface ActiveVm {
  id: string;
  readonly request: ExecutionRequest;
  readonly since: number;
}

/** Longest time for the warm-up program of a new clone, in ms. */
const WARM_UP_TIMEOUT_MS = 20_000;

/** pyrovm: runs each execution in a microVM of its own, which is gone when the execution settles. */
export class Engine implements Executor {
  readonly #options: EngineOptions;
  readonly #limiter: Limiter;
  readonly #statistics = new EngineStatistics();
  readonly #active = new Set<ActiveVm>();
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
    if (this.#state.state === 'starting') {
      this.#state = { state: 'ready', driver, supply: this.#makeSupply(driver, boot) };
    }
  }

  /** Makes templates of every installed runtime, in the background, and keeps clones ready. */
  async prepareInstalled(): Promise<void> {
    const images = await this.#options.images.current();
    if (this.#state.state !== 'ready') return;
    for (const id of images.keys()) this.#state.supply.prepare(shapeOf(id, DEFAULT_LIMITS));
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
    const supply = this.#state.state === 'ready' ? this.#state.supply : undefined;
    this.#state = { state: 'stopping' };
    this.#limiter.close();
    const kill = setTimeout(
      () => this.#killAll.abort(new TvmError('stopping', 'TVM is stopping', { retryAfterSeconds: 5 })),
      graceMs,
    );
    await Promise.all([Promise.allSettled(this.#running), supply?.close()]);
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
    const { idle, templates } =
      this.#state.state === 'ready' ? this.#state.supply.report() : { idle: [], templates: {} };
    return {
      timestamp: new Date().toISOString(),
      uptime_seconds: (now - this.#startedAt) / 1000,
      pool_status: poolStatus(idle),
      templates,
      active_vms: [...this.#active].map(({ id, request, since }) => ({
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
    const { supply } = this.#requireReady();
    const images = await this.#options.images.current();
    const request = resolveRequest(input, (id) => images.has(id));
    const { runtime, requestId } = request;
    const image = images.get(runtime.id);
    if (!image) throw new TvmError('internal', 'the image vanished');

    using linked = linkAbort(clientSignal, this.#killAll.signal);
    const { signal } = linked;
    using _lease = await this.#limiter.acquire(signal);
    const admittedAt = performance.now();
    const active: ActiveVm = {
      id: vmId(this.#options.instance, requestId),
      request,
      since: admittedAt,
    };
    this.#active.add(active);
    let origin: MachineOrigin;
    let bootedAt: number;
    let readyAt: number;
    let endedAt: number;
    let stage: StageResult;
    try {
      const acquired = await supply.acquire(
        shapeOf(runtime.id, request.limits),
        image.path,
        requestId,
        signal,
      );
      const { machine } = acquired;
      ({ origin } = acquired);
      try {
        active.id = machine.vm.id;
        bootedAt = performance.now();
        machine.agent.putFile(runtime.language.fileName, 0o644, request.code);
        readyAt = performance.now();
        stage = await this.#runUnlessAborted(machine, request, signal);
        endedAt = performance.now();
      } finally {
        await machine[Symbol.asyncDispose]();
      }
    } finally {
      this.#active.delete(active);
    }
    const goneAt = performance.now();
    this.#statistics.count(runtime.language.id, 'executions');
    this.#statistics.count(runtime.language.id, origin === 'pooled' ? 'pool_hits' : 'pool_misses');
    const timings: ExecutionTimings = {
      queue_ms: admittedAt - arrivedAt,
      boot_ms: bootedAt - admittedAt,
      setup_ms: readyAt - bootedAt,
      run_ms: endedAt - readyAt,
      teardown_ms: goneAt - endedAt,
      total_ms: goneAt - arrivedAt,
    };
    this.#log(request, stage, timings, origin, active.id);
    const { hostReason: _, ...result } = stage;
    return {
      requestId,
      language: runtime.language.id,
      languageVersion: runtime.version.version,
      ...result,
      machine: origin,
      timings,
    };
  }

  #makeSupply(driver: VmmDriver, boot: BootArtefacts): MachineSupply {
    const { images, instance, logger, bootTimeoutMs, templates } = this.#options;
    const language = (shape: MachineShape): string => parseRuntimeId(shape.runtime).language.id;
    return new MachineSupply({
      driver,
      boot,
      templatesFolder: templates?.folder ?? '',
      templates: templates === undefined ? 'off' : templates.make ? 'make' : 'load',
      poolSize: templates?.poolSize ?? 0,
      keepsReady: ({ runtime, memoryMb, cpuCount }) => {
        const usual = shapeOf(runtime, DEFAULT_LIMITS);
        return memoryMb === usual.memoryMb && cpuCount === usual.cpuCount;
      },
      bootTimeoutMs,
      logger,
      vmId: (id) => vmId(instance, id),
      rootfsOf: async (runtime) => (await images.current()).get(runtime)?.path,
      warmUp: async (machine, shape) => this.#warmUp(machine, shape),
      onCreated: (shape) => this.#statistics.count(language(shape), 'vms_created'),
      onDestroyed: (shape) => this.#statistics.count(language(shape), 'vms_destroyed'),
    });
  }

  async #warmUp(machine: Machine, shape: MachineShape): Promise<void> {
    const runtime = parseRuntimeId(shape.runtime);
    const { memoryMb, cpuCount } = shape;
    const request: ExecutionRequest = {
      requestId: 'warm-up',
      runtime,
      limits: { memoryMb, cpuCount, timeoutMs: WARM_UP_TIMEOUT_MS },
      code: Buffer.from(runtime.language.warmUp),
      stdin: Buffer.alloc(0),
      args: [],
    };
    machine.agent.putFile(runtime.language.fileName, 0o644, request.code);
    const { status, exitCode } = await runStage(machine.agent, request, this.#options.stageLimits);
    if (status !== 'ok') throw new TvmError('vm_failed', `the warm-up ended with ${status} (${exitCode})`);
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

  #requireReady(): { readonly supply: MachineSupply } {
    switch (this.#state.state) {
      case 'ready':
        return this.#state;
      case 'starting':
        throw new TvmError('starting', 'TVM is starting', { retryAfterSeconds: 2 });
      case 'stopping':
        throw new TvmError('stopping', 'TVM is stopping', { retryAfterSeconds: 5 });
    }
  }

  #log(
    request: ExecutionRequest,
    stage: StageResult,
    timings: ExecutionTimings,
    origin: MachineOrigin,
    vm: string,
  ): void {
    this.#options.logger.info(
      {
        request_id: request.requestId,
        vm_id: vm,
        machine: origin,
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

function poolStatus(idle: ReturnType<MachineSupply['report']>['idle']): PoolReport['pool_status'] {
  const status: Record<
    string,
    { available: number; vms: { id: string; language_version: string; age_seconds: number }[] }
  > = {};
  for (const { shape, id, ageSeconds } of idle) {
    const { language, version } = parseRuntimeId(shape.runtime);
    const entry = (status[language.id] ??= { available: 0, vms: [] });
    entry.available += 1;
    entry.vms.push({ id, language_version: version.version, age_seconds: ageSeconds });
  }
  return status;
}

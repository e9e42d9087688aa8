import { setMaxListeners } from 'node:events';
import { messageOf, TvmError } from '../../errors.ts';
import type { InstalledImages } from '../../images/installed.ts';
import type { Logger } from '../../observability/log.ts';
import { EngineMetrics } from '../../observability/metrics.ts';
import { DEFAULT_LIMITS } from '../../runtimes/limits.ts';
import { Limiter } from '../../sys/limiter.ts';
import { linkAbort } from '../../sys/linked-abort.ts';
import { GuestFailure } from '../agent/client.ts';
import type { Instance } from '../instance.ts';
import { vmId } from '../instance.ts';
import { machineFailure } from '../machine/machine.ts';
import type { Machine } from '../machine/machine.ts';
import { MachineSupply } from '../pool/supply.ts';
import type { MachineOrigin, PoolLimits } from '../pool/supply.ts';
import { shapeName, shapeOf } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import type { BootArtefacts, VmmDriver } from '../vmm/driver.ts';
import type {
  ExecutionInput,
  ExecutionResult,
  ExecutionTimings,
  Executor,
  ExecutorState,
  PoolReport,
  RuntimeReport,
} from './execution.ts';
import { engineFigures } from './figures.ts';
import { resolveRequest } from './request.ts';
import type { ExecutionRequest } from './request.ts';
import { logExecution } from './execution-log.ts';
import { poolReport } from './pool-report.ts';
import type { ActiveVm } from './pool-report.ts';
import { runProgram, sendSource } from './program.ts';
import type { ProgramResult } from './program.ts';
import type { StageLimits } from './stage.ts';
import { prewarmed } from './prewarm.ts';
import { warmUp } from './warm-up.ts';
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
  /** Setting `prewarm`. */
  readonly prewarm: string;
  /** Absent: every machine is booted for its execution. */
  readonly templates?:
    | { readonly folder: string; readonly pool: PoolLimits; readonly make: boolean }
    | undefined;
}

type State =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly driver: VmmDriver; readonly supply: MachineSupply }
  | { readonly state: 'stopping'; readonly supply: MachineSupply | undefined };

const NO_POOL: PoolLimits = { min: 0, max: 0, cpus: 0, memory: () => ({ totalMb: 0, availableMb: 0 }) };

/** pyrovm: runs each execution in a microVM of its own, which is gone when the execution settles. */
export class Engine implements Executor {
  readonly #options: EngineOptions;
  readonly #limiter: Limiter;
  readonly #statistics = new EngineStatistics();
  readonly #metrics = new EngineMetrics(() =>
    engineFigures(this.#limiter, this.#statistics, this.#supply?.report()),
  );
  readonly #active = new Set<ActiveVm>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #killAll = new AbortController();
  readonly #startedAt = performance.now();
  /** Of these images, the names of the shapes of which clones wait before anyone asks for them. */
  #kept: { readonly images: unknown; readonly names: ReadonlySet<string> } = {
    images: undefined,
    names: new Set(),
  };
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

  /** Makes templates of the runtimes that are to be ready, in the background, and keeps clones of them. */
  async prepareInstalled(): Promise<void> {
    const images = await this.#options.images.current();
    if (this.#state.state !== 'ready') return;
    for (const shape of this.#keep(images)) this.#state.supply.prepare(shape);
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
      // Not at once: to start a process takes this one some ms, and the reply goes first.
      setImmediate(() => this.#supply?.cpuFreed());
    }
  }

  /** Refuses new executions, waits `graceMs` for those that run, then kills the rest and waits for their end. */
  async stop(graceMs: number): Promise<void> {
    const supply = this.#supply;
    this.#state = { state: 'stopping', supply };
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
    return state.state === 'ready' ? { state: 'ready', info: state.driver.info } : { state: state.state };
  }

  async installedRuntimes(): Promise<readonly string[]> {
    return [...(await this.#options.images.current()).keys()];
  }

  async runtimes(): Promise<readonly RuntimeReport[]> {
    const states = await this.#options.images.states();
    return states.map(({ id, state, reason, image }) => ({
      id,
      state,
      reason,
      exactVersion: image?.version,
    }));
  }

  pools(): PoolReport {
    return poolReport({
      supply: this.#supply,
      active: [...this.#active],
      statistics: this.#statistics,
      limiter: this.#limiter,
      startedAt: this.#startedAt,
    });
  }

  async metrics(): Promise<string> {
    return this.#metrics.text();
  }

  get #supply(): MachineSupply | undefined {
    return this.#state.state === 'starting' ? undefined : this.#state.supply;
  }

  async #execute(input: ExecutionInput, clientSignal: AbortSignal): Promise<ExecutionResult> {
    const arrivedAt = performance.now();
    const { supply } = this.#requireReady();
    const images = await this.#options.images.current();
    if (this.#kept.images !== images) this.#keep(images);
    const request = resolveRequest(input, (id) => images.has(id));
    const { runtime, requestId } = request;
    const image = images.get(runtime.id);
    if (!image) throw new TvmError('internal', 'the image vanished');

    using linked = linkAbort(clientSignal, this.#killAll.signal);
    const { signal } = linked;
    using _lease = await this.#limiter.acquire(signal, input.client);
    const admittedAt = performance.now();
    const active: ActiveVm = {
      id: vmId(this.#options.instance, requestId),
      state: 'starting',
      request,
      since: admittedAt,
    };
    this.#active.add(active);
    let origin: MachineOrigin;
    let bootedAt: number;
    let readyAt: number;
    let endedAt: number;
    let program: ProgramResult;
    try {
      for (let mayRetry = true; ; mayRetry = false) {
        active.state = 'starting';
        const acquired = await supply.acquire(
          shapeOf(runtime, request.limits),
          image.path,
          requestId,
          signal,
        );
        const { machine } = acquired;
        ({ origin } = acquired);
        try {
          active.id = machine.vm.id;
          active.state = 'running';
          bootedAt = performance.now();
          sendSource(machine, request);
          readyAt = performance.now();
          program = await this.#runUnlessAborted(machine, request, signal);
          endedAt = performance.now();
          break;
        } catch (error) {
          // It was well when it was put into the pool; what happened to it there is not the program's fault.
          const isStale = origin === 'pooled' && !machine.agent.hasStarted;
          if (signal.aborted || !mayRetry || !isStale || !isGuestFailure(error)) throw error;
          this.#options.logger.warn(
            { request_id: requestId, vm_id: machine.vm.id, reason: messageOf(error.cause) },
            'a clone from the pool failed before the program started: trying another',
          );
        } finally {
          active.state = 'ending';
          await machine[Symbol.asyncDispose]();
        }
      }
    } finally {
      this.#active.delete(active);
    }
    const goneAt = performance.now();
    this.#statistics.executed(runtime.id, program.status, origin);
    const timings: ExecutionTimings = {
      queue_ms: admittedAt - arrivedAt,
      boot_ms: bootedAt - admittedAt,
      setup_ms: readyAt - bootedAt,
      run_ms: endedAt - readyAt,
      teardown_ms: goneAt - endedAt,
      total_ms: goneAt - arrivedAt,
    };
    this.#metrics.executed(origin, timings);
    logExecution(this.#options.logger, { request, program, timings, machine: origin, vmId: active.id });
    const { hostReason: _, ...result } = program;
    return {
      requestId,
      language: runtime.language.id,
      languageVersion: runtime.version.version,
      ...result,
      machine: origin,
      timings,
    };
  }

  /** Notes of which shapes clones are to wait. */
  #keep(images: Awaited<ReturnType<InstalledImages['current']>>): MachineShape[] {
    const runtimes = prewarmed(this.#options.prewarm, images);
    const shapes = runtimes.map((runtime) => shapeOf(runtime, DEFAULT_LIMITS));
    this.#kept = { images, names: new Set(shapes.map(shapeName)) };
    return shapes;
  }

  #makeSupply(driver: VmmDriver, boot: BootArtefacts): MachineSupply {
    const { images, instance, logger, bootTimeoutMs, templates } = this.#options;
    return new MachineSupply({
      driver,
      boot,
      templatesFolder: templates?.folder ?? '',
      templates: templates === undefined ? 'off' : templates.make ? 'make' : 'load',
      pool: templates?.pool ?? NO_POOL,
      busy: () => this.#limiter.running,
      isUsual: (shape) => this.#kept.names.has(shapeName(shape)),
      bootTimeoutMs,
      logger,
      vmId: (id) => vmId(instance, id),
      rootfsOf: async (runtime) => (await images.current()).get(runtime)?.path,
      warmUp: async (machine, shape) => warmUp(machine, shape, this.#options.stageLimits),
      onCreated: ({ runtime }) => this.#statistics.vm(runtime, 'created'),
      onDestroyed: ({ runtime }) => this.#statistics.vm(runtime, 'destroyed'),
      onFailed: ({ runtime }) => this.#statistics.vm(runtime, 'failed'),
    });
  }

  async #runUnlessAborted(
    machine: Machine,
    request: ExecutionRequest,
    signal: AbortSignal,
  ): Promise<ProgramResult> {
    // Killing the VM ends the conversation with its agent, and so the stage.
    const kill = (): void => void machine.vm[Symbol.asyncDispose]();
    signal.addEventListener('abort', kill, { once: true });
    try {
      signal.throwIfAborted();
      const program = await runProgram(machine, request, this.#options.stageLimits);
      signal.throwIfAborted();
      if (program.status === 'killed') this.#statistics.vm(request.runtime.id, 'failed');
      return program;
    } catch (error) {
      signal.throwIfAborted();
      this.#statistics.vm(request.runtime.id, 'failed');
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
}

function isGuestFailure(error: unknown): error is TvmError {
  return error instanceof TvmError && error.cause instanceof GuestFailure;
}

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Content type of the metrics' text. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** From a clone that waited, at its best, to the longest time limit; in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Clients may send any method; a label takes few. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [number, Labels?];
type Counts = Readonly<Record<string, number>>;

/** What happened with one runtime since the start. */
export interface RuntimeFigures {
  /** Executions by how they ended. */
  readonly statuses: Counts;
  /** Executions by where their machine came from. */
  readonly machines: Readonly<Record<'pooled' | 'restored' | 'booted', number>>;
  readonly vms: Readonly<Record<'created' | 'destroyed' | 'failed', number>>;
}

/** The engine as it is when it is asked. */
export interface EngineFigures {
  readonly running: number;
  readonly capacity: number;
  readonly queued: number;
  readonly queueCapacity: number;
  /** Clones that wait, by runtime. */
  readonly idle: Counts;
  /** Templates by state. */
  readonly templates: Counts;
  /** By id, such as `python@3.11`. */
  readonly runtimes: ReadonlyMap<string, RuntimeFigures>;
}

/** Times in ms of one execution. */
type Timings = Readonly<Record<`${'queue' | 'boot' | 'setup' | 'run' | 'teardown' | 'total'}_ms`, number>>;

/**
 * Metrics of one engine. All but the histogram are read from the engine when they are asked for, in one turn of the event
 * loop: they are true and agree with each other.
 */
export class EngineMetrics {
  readonly #registry = new Registry();
  readonly #phases: Histogram<'phase' | 'machine'>;

  constructor(read: () => EngineFigures) {
    const gauge = (name: string, help: string, value: (figures: EngineFigures) => number): void =>
      readWhenAsked(Gauge, this.#registry, { name, help }, () => [[value(read())]]);
    const byRuntime = (name: string, help: string, value: (figures: RuntimeFigures) => number): void =>
      readWhenAsked(Counter, this.#registry, { name, help, labelNames: ['runtime'] }, () =>
        [...read().runtimes].map(([runtime, figures]) => [value(figures), { runtime }]),
      );

    readWhenAsked(
      Counter,
      this.#registry,
      {
        name: 'tvm_executions_total',
        help: 'Programs that ran to an end, time-outs included',
        labelNames: ['runtime', 'status'],
      },
      () =>
        [...read().runtimes].flatMap(([runtime, { statuses }]) =>
          Object.entries(statuses).map(([status, count]): Sample => [count, { runtime, status }]),
        ),
    );
    this.#phases = new Histogram({
      name: 'tvm_execution_phase_seconds',
      help: 'Wall-clock time of each phase of those executions, by where their VM came from',
      labelNames: ['phase', 'machine'],
      buckets: BUCKETS,
      registers: [this.#registry],
    });
    gauge('tvm_executions_running', 'Executions that have a place', ({ running }) => running);
    gauge('tvm_executions_capacity', 'Places for executions', ({ capacity }) => capacity);
    gauge('tvm_queue_length', 'Executions that wait for a place', ({ queued }) => queued);
    gauge('tvm_queue_capacity', 'Executions that may wait', ({ queueCapacity }) => queueCapacity);
    readWhenAsked(
      Gauge,
      this.#registry,
      { name: 'tvm_pool_idle', help: 'Clones that wait ready', labelNames: ['runtime'] },
      () => Object.entries(read().idle).map(([runtime, count]) => [count, { runtime }]),
    );
    byRuntime('tvm_pool_hits_total', 'Executions in a clone that waited ready', (of) => of.machines.pooled);
    byRuntime(
      'tvm_pool_misses_total',
      'Executions for which no clone waited: those restored and those booted',
      (of) => of.machines.restored + of.machines.booted,
    );
    byRuntime(
      'tvm_pool_restores_total',
      'Executions whose VM was cloned from a template for them',
      (of) => of.machines.restored,
    );
    byRuntime('tvm_pool_boots_total', 'Executions whose VM was booted for them', (of) => of.machines.booted);
    readWhenAsked(
      Gauge,
      this.#registry,
      { name: 'tvm_templates', help: 'Templates by state', labelNames: ['state'] },
      () => Object.entries(read().templates).map(([state, count]) => [count, { state }]),
    );
    byRuntime(
      'tvm_vms_created_total',
      'VMs for programs, those that wait included, from before their process starts',
      (of) => of.vms.created,
    );
    byRuntime(
      'tvm_vms_destroyed_total',
      'The same VMs, once nothing of them is left',
      (of) => of.vms.destroyed,
    );
    byRuntime(
      'tvm_vm_failures_total',
      'VMs that could not be made, or were lost while they waited or served a program',
      (of) => of.vms.failed,
    );
  }

  /** Counts the times of an execution that gave a result. @param machine where its VM came from */
  executed(machine: string, timings: Timings): void {
    for (const [name, ms] of Object.entries(timings)) {
      this.#phases.observe({ phase: name.replace(/_ms$/, ''), machine }, ms / 1000);
    }
  }

  /** In Prometheus' text format. */
  async text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** One request to the gateway that has ended. */
export interface RequestFacts {
  readonly method: string;
  /** Template of its route; null when there is none. */
  readonly route: string | null;
  readonly status: number;
  readonly ms: number;
  /** Code of the catalogue; null when there was no error. */
  readonly errorCode: string | null;
}

/** Metrics of one gateway. */
export class GatewayMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'route' | 'method' | 'status'>;
  readonly #durations: Histogram<'route'>;
  readonly #refused: Counter<'reason'>;

  constructor() {
    processRegistry();
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'tvm_http_requests_total',
      help: 'Requests by route, method and status; 499 when the client left before its reply',
      labelNames: ['route', 'method', 'status'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'tvm_http_request_seconds',
      help: 'Time from a request’s headers to the end of its reply',
      labelNames: ['route'],
      buckets: BUCKETS,
      registers,
    });
    this.#refused = new Counter({
      name: 'tvm_refused_total',
      help: 'Requests that got an error in place of what they asked for, by its code; client_closed_request for clients that left',
      labelNames: ['reason'],
      registers,
    });
  }

  /** Counts a request that has ended. */
  ended({ method, route, status, ms, errorCode }: RequestFacts): void {
    const known = { route: route ?? 'none', method: METHODS.has(method) ? method : 'other' };
    this.#requests.inc({ ...known, status });
    this.#durations.observe({ route: known.route }, ms / 1000);
    // A program that ran out of time got its result.
    if (errorCode !== null && errorCode !== 'execution_timeout') this.#refused.inc({ reason: errorCode });
  }

  /** In Prometheus' text format, with the metrics of the process. */
  async text(): Promise<string> {
    return `${await this.#registry.metrics()}${await processRegistry().metrics()}`;
  }
}

let ofProcess: Registry | undefined;

/** Once per process: its observers of garbage collection and of the event loop cannot be taken back. */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** Registers a metric whose values, all of them, are those of the moment in which it is asked for. */
function readWhenAsked(
  Kind: typeof Counter | typeof Gauge,
  registry: Registry,
  metric: { readonly name: string; readonly help: string; readonly labelNames?: string[] },
  samples: () => Iterable<Sample>,
): void {
  const made = new Kind({
    ...metric,
    registers: [],
    collect() {
      this.reset();
      for (const [value, labels = {}] of samples()) this.inc(labels, value);
    },
  });
  registry.registerMetric(made);
}

import type { MachineOrigin } from '../pyrovm/pool/supply.ts';
import type { ExecutionFigures } from './executions.ts';
import type { Quantiles } from './quantiles.ts';

/** What was measured of one runtime. */
export interface RuntimeFigures {
  /** By how the machines came to be; times in ms. */
  readonly executions: Readonly<Partial<Record<MachineOrigin, ExecutionFigures>>>;
  /** Executions per second of a closed loop of {@link BenchReport.clients} clients. */
  readonly throughput: number;
  /** The same program in bubblewrap on the host's interpreter, in ms; absent where the host lacks it. */
  readonly bareSandbox?: Quantiles;
}

/** What one run of the benchmark found. Ratios within one report can be trusted, times cannot. */
export interface BenchReport {
  readonly date: string;
  readonly tvmVersion: string;
  readonly host: {
    readonly cpu: string;
    readonly cpus: number;
    readonly memoryGib: number;
    readonly kernel: string;
    readonly vmm: string;
  };
  readonly clients: number;
  /** By runtime id. */
  readonly runtimes: Readonly<Record<string, RuntimeFigures>>;
  /** What pyroshell adds: a whole HTTP request to an engine that answers at once, in ms. */
  readonly gateway: Quantiles;
}

/** The report as rows of a table, the first one as heading. */
export function reportRows(report: BenchReport): string[][] {
  const row = (name: string, { n, p50, p95, p99, max }: Quantiles): string[] => [
    name,
    String(n),
    ...[p50, p95, p99, max].map((ms) => (ms < 10 ? ms.toFixed(2) : ms.toFixed(0))),
  ];
  return [
    ['FIGURE (ms)', 'N', 'P50', 'P95', 'P99', 'MAX'],
    ...Object.entries(report.runtimes).flatMap(([runtime, { executions, throughput, bareSandbox }]) => [
      ...Object.entries(executions).flatMap(([origin, figures]) => [
        row(`${runtime} ${origin}: to result`, figures.toResult),
        row(`${runtime} ${origin}: machine`, figures.machine),
        row(`${runtime} ${origin}: program`, figures.program),
        row(`${runtime} ${origin}: teardown`, figures.teardown),
      ]),
      ...(bareSandbox ? [row(`${runtime}: bubblewrap alone, no VM`, bareSandbox)] : []),
      [`${runtime}: executions/s, ${report.clients} clients`, '', throughput.toFixed(2), '', '', ''],
    ]),
    row('pyroshell: request to reply, instant engine', report.gateway),
  ];
}

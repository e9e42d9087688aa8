import type { ColdBootFigures } from './cold-boot.ts';
import type { Quantiles } from './quantiles.ts';

/** What one run of the benchmark found; all times in ms. Ratios within one report can be trusted, times cannot. */
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
  /** By runtime id. */
  readonly coldBoot: Readonly<Record<string, ColdBootFigures>>;
  /** By runtime id; absent where the host lacks the interpreter. */
  readonly bareSandbox: Readonly<Record<string, Quantiles>>;
  readonly gateway: Quantiles;
}

/** The report as rows of a table, the first one as heading. */
export function reportRows(report: BenchReport): string[][] {
  const row = (name: string, q: Quantiles): string[] => [
    name,
    String(q.n),
    ...[q.p50, q.p95, q.p99, q.max].map((ms) => (ms < 10 ? ms.toFixed(2) : ms.toFixed(0))),
  ];
  return [
    ['FIGURE (ms)', 'N', 'P50', 'P95', 'P99', 'MAX'],
    ...Object.entries(report.coldBoot).flatMap(([runtime, figures]) => [
      row(`${runtime}: power-on to result`, figures.powerOnToResult),
      row(`${runtime}: boot`, figures.boot),
      row(`${runtime}: program`, figures.program),
      row(`${runtime}: teardown`, figures.teardown),
    ]),
    ...Object.entries(report.bareSandbox).map(([runtime, quantiles]) =>
      row(`${runtime}: bubblewrap alone, no VM`, quantiles),
    ),
    row('pyroshell: request to reply, instant engine', report.gateway),
  ];
}

import type { CloneMemory } from './clones.ts';
import type { Quantiles } from './quantiles.ts';
import type { BenchReport, RuntimeFigures } from './report.ts';

type Row = string[];

/** Times in ms, the first row as heading. */
export function timeRows({ runtimes, gateway }: BenchReport): Row[] {
  return [
    ['TIMES (ms)', 'N', 'P50', 'P95', 'P99', 'MAX'],
    ...Object.entries(runtimes).flatMap(([runtime, figures]) => timesOf(runtime, figures)),
    quantileRow('pyroshell: request to reply, instant engine', gateway),
  ];
}

/** Everything that is no series of times, the first row as heading. */
export function figureRows({ runtimes }: BenchReport): Row[] {
  return [
    ['FIGURES', 'VALUE', 'OF'],
    ...Object.entries(runtimes).flatMap(([runtime, figures]) => figuresOf(runtime, figures)),
  ];
}

/** Ratios and promises, the first row as heading. */
export function goalRows({ goals }: BenchReport): Row[] {
  return [
    ['RATIOS AND GOALS', 'VALUE', 'MUST', 'AIM', 'REACHED'],
    ...Object.entries(goals).flatMap(([runtime, ofRuntime]) =>
      ofRuntime.map(({ name, value, must, aim, atLeast, reached }) => {
        const bound = (limit: number | undefined): string =>
          limit === undefined ? '' : `${atLeast ? '>=' : '<='} ${number(limit)}`;
        return [`${runtime} ${name}`, number(value), bound(must), bound(aim), reached ?? ''];
      }),
    ),
  ];
}

function timesOf(runtime: string, { executions, burst, bare, idle }: RuntimeFigures): Row[] {
  return [
    ...Object.entries(executions).flatMap(([origin, figures]) => [
      quantileRow(`${runtime} ${origin}: HTTP request to reply`, figures.http),
      quantileRow(`${runtime} ${origin}: to result`, figures.toResult),
      quantileRow(`${runtime} ${origin}: machine`, figures.machine),
      quantileRow(`${runtime} ${origin}: program`, figures.program),
      quantileRow(`${runtime} ${origin}: compile + run, as reported`, figures.reported),
      quantileRow(`${runtime} ${origin}: teardown`, figures.teardown),
    ]),
    ...(bare ? [quantileRow(`${runtime}: bubblewrap alone, no VM`, bare.times)] : []),
    ...(burst.times
      ? [quantileRow(`${runtime} burst of ${burst.requests}: HTTP request to reply`, burst.times)]
      : []),
    ...(idle?.waited ? [quantileRow(`${runtime} pooled, waited ${idle.seconds} s: HTTP`, idle.waited)] : []),
    ...(idle?.fresh ? [quantileRow(`${runtime} pooled, fresh beside those: HTTP`, idle.fresh)] : []),
  ];
}

function figuresOf(runtime: string, { executions, load, burst, bare, memory, idle }: RuntimeFigures): Row[] {
  const { perSecond, clients, cpuSeconds, poolHits } = load;
  const statuses = Object.entries(burst.statuses).map(([status, count]) => `${count} × ${status}`);
  return [
    [`${runtime}: executions/s, ${clients} clients`, number(perSecond), `${load.executions} executions`],
    [`${runtime}: pool hits, ${clients} clients`, `${Math.round(100 * poolHits)} %`, ''],
    [`${runtime}: CPU s per execution, ${clients} clients`, number(cpuSeconds), 'clients to refills'],
    ...Object.entries(executions).map(([origin, figures]) => [
      `${runtime}: CPU s per execution, ${origin}, sequential`,
      number(figures.cpuSeconds),
      `${figures.http.n} executions`,
    ]),
    ...(bare
      ? [[`${runtime}: CPU s, bubblewrap alone`, number(bare.cpuSeconds), bare.interpreter.version]]
      : []),
    ...memoryRows(`${runtime}: memory per idle clone`, memory.idle),
    ...memoryRows(`${runtime}: memory per busy clone`, memory.busy),
    [
      `${runtime} burst of ${burst.requests}: all replies`,
      `${number(burst.totalMs / 1000)} s`,
      statuses.join(', '),
    ],
    ...(idle
      ? [[`${runtime}: CPU s per second of an idle clone`, idle.cpuPerClone.toFixed(5), `${idle.seconds} s`]]
      : []),
  ];
}

function memoryRows(name: string, memory: CloneMemory | undefined): Row[] {
  if (!memory) return [];
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const { samples, clones, pss, own } = memory;
  return [
    [`${name}: PSS`, megabytes(pss), `median of ${samples}, ${clones} clones alive`],
    [`${name}: private`, megabytes(own), 'the same'],
  ];
}

function quantileRow(name: string, { n, p50, p95, p99, max }: Quantiles): Row {
  return [name, String(n), ...[p50, p95, p99, max].map((ms) => (ms < 10 ? ms.toFixed(2) : ms.toFixed(0)))];
}

/** Three digits, as far as they are there. */
function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

import type { CpuMeter } from './cpu-meter.ts';
import { mustBeRight } from './execution.ts';
import type { Run } from './execution.ts';
import { quantilesOf } from './quantiles.ts';
import type { Quantiles } from './quantiles.ts';
import { BURST, POOL_SIZE } from './target.ts';
import type { Target } from './target.ts';

/** Clients that each send one request after the other. */
export const CLIENTS = 8;

/** Requests before anything counts: until what had waited in the pool is used up and every client is served. */
const LEAD_IN = POOL_SIZE + CLIENTS;

export interface LoadFigures {
  readonly clients: number;
  readonly executions: number;
  readonly perSecond: number;
  /** Processor time per execution: clients, gateway, engine, jails, machines, refills. */
  readonly cpuSeconds: number;
  /** Share of the executions whose machine had waited. */
  readonly poolHits: number;
}

export interface BurstFigures {
  readonly requests: number;
  /** How many replies had each HTTP status; 0 stands for a connection that failed. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Replies with what the program prints. */
  readonly right: number;
  /** Of the right replies, in ms; absent when there was none. */
  readonly times?: Quantiles;
  /** Until the last reply, in ms. */
  readonly totalMs: number;
}

/** Half of the throughput before the burst and half after it, so that both meet the same host. */
export async function measureLoad(
  target: Target,
  meter: CpuMeter,
  executions: number,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<{ readonly load: LoadFigures; readonly burst: BurstFigures }> {
  const half = Math.ceil(executions / 2);
  progress(`${CLIENTS} clients, ${half} executions`);
  const first = await closedLoop(target, meter, half, signal);
  await target.settled();
  progress(`burst of ${BURST}`);
  const burst = await measureBurst(target, signal);
  await target.settled();
  progress(`${CLIENTS} clients, ${half} executions`);
  const second = await closedLoop(target, meter, half, signal);
  await target.settled();
  return {
    load: {
      clients: CLIENTS,
      executions: 2 * half,
      perSecond: (1000 * 2 * half) / (first.ms + second.ms),
      cpuSeconds: (first.cpuSeconds + second.cpuSeconds) / (2 * half),
      poolHits: (first.hits + second.hits) / (2 * half),
    },
    burst,
  };
}

/** Counts from one reply to another, with all clients busy at both: neither a start nor an end is in it. */
async function closedLoop(
  target: Target,
  meter: CpuMeter,
  executions: number,
  signal: AbortSignal,
): Promise<{ readonly ms: number; readonly cpuSeconds: number; readonly hits: number }> {
  const mark = () => ({ at: performance.now(), cpu: meter.seconds() });
  let replies = 0;
  let hits = 0;
  let first = mark();
  let last: typeof first | undefined;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (!last) {
        const { result } = mustBeRight(await target.run('hello', signal));
        replies += 1;
        if (replies > LEAD_IN && !last && result.machine === 'pooled') hits += 1;
        if (replies === LEAD_IN) first = mark();
        if (replies === LEAD_IN + executions) last = mark();
      }
    }),
  );
  const end = last ?? mark();
  return { ms: end.at - first.at, cpuSeconds: end.cpu - first.cpu, hits };
}

async function measureBurst(target: Target, signal: AbortSignal): Promise<BurstFigures> {
  const startedAt = performance.now();
  const runs = await Promise.all(Array.from({ length: BURST }, async () => target.run('hello', signal)));
  return burstFigures(runs, performance.now() - startedAt);
}

export function burstFigures(runs: readonly Run[], totalMs: number): BurstFigures {
  const statuses: Record<string, number> = {};
  for (const { status } of runs) statuses[status] = (statuses[status] ?? 0) + 1;
  const right = runs.filter(({ result }) => result !== undefined).map(({ ms }) => ms);
  return {
    requests: runs.length,
    statuses,
    right: right.length,
    ...(right.length > 0 ? { times: quantilesOf(right) } : {}),
    totalMs,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { CpuMeter } from './cpu-meter.ts';
import { mustBeRight } from './execution.ts';
import { quantilesOf } from './quantiles.ts';
import type { Quantiles } from './quantiles.ts';
import { POOL_SIZE } from './target.ts';
import type { Target } from './target.ts';

/** What waiting does to clones; times of HTTP requests in ms. */
export interface IdleFigures {
  readonly seconds: number;
  /** Hits on clones that had waited for so long; absent when none did, for the pool replaces what is old. */
  readonly waited?: Quantiles;
  /** Hits on clones made since, half of them before and half after: they had waited for a few others to be made. */
  readonly fresh?: Quantiles;
  /** Processor seconds per second and clone, without TVM's own process. */
  readonly cpuPerClone: number;
}

/** @param target with a pool */
export async function measureIdle(
  target: Target,
  meter: CpuMeter,
  seconds: number,
  signal: AbortSignal,
): Promise<IdleFigures> {
  const fresh: number[] = [];
  const waited: number[] = [];
  let waiters: ReadonlySet<string> = new Set();
  const hit = async (): Promise<void> => {
    await target.settled();
    const before = target.waiting();
    const { ms, result } = mustBeRight(await target.run('hello', signal));
    if (result.machine !== 'pooled') return;
    const after = new Set(target.waiting().map(({ id }) => id));
    const isWaiter = before.some(({ id }) => !after.has(id) && waiters.has(id));
    (isWaiter ? waited : fresh).push(ms);
  };
  for (let n = 0; n < POOL_SIZE; n += 1) await hit();
  await target.settled();
  waiters = new Set(target.waiting().map(({ id }) => id));
  const [cpuBefore, ownBefore] = [meter.seconds(), ownSeconds()];
  await sleep(seconds * 1000, undefined, { signal });
  const cpu = meter.seconds() - cpuBefore - (ownSeconds() - ownBefore);
  for (let n = 0; n < 2 * POOL_SIZE; n += 1) await hit();
  return {
    seconds,
    ...(waited.length > 0 ? { waited: quantilesOf(waited) } : {}),
    ...(fresh.length > 0 ? { fresh: quantilesOf(fresh) } : {}),
    cpuPerClone: cpu / seconds / waiters.size,
  };
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

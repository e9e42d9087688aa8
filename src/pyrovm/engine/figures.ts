import type { EngineFigures } from '../../observability/metrics.ts';
import type { MachineSupply } from '../pool/supply.ts';
import type { Limiter } from '../../sys/limiter.ts';
import type { EngineStatistics } from './statistics.ts';

/** The engine in figures for its metrics. @param supply undefined before there is any */
export function engineFigures(
  limiter: Limiter,
  statistics: EngineStatistics,
  supply: ReturnType<MachineSupply['report']> | undefined,
): EngineFigures {
  const { running, capacity, queued, queueCapacity } = limiter;
  const runtimes = statistics.byRuntime();
  // Zeros stay visible: a value that vanishes cannot be told from a TVM that is gone.
  const idle: Record<string, number> = Object.fromEntries([...runtimes.keys()].map((id) => [id, 0]));
  for (const { shape, available } of supply?.shelves ?? []) {
    idle[shape.runtime] = (idle[shape.runtime] ?? 0) + available;
  }
  const templates = { loading: 0, building: 0, ready: 0, failed: 0 };
  for (const state of Object.values(supply?.templates ?? {})) templates[state] += 1;
  return { running, capacity, queued, queueCapacity, idle, templates, runtimes };
}

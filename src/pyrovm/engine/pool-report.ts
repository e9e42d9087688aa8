import { parseRuntimeId } from '../../runtimes/catalogue.ts';
import type { Limiter } from '../../sys/limiter.ts';
import type { MachineSupply } from '../pool/supply.ts';
import type { PoolReport } from './execution.ts';
import type { ExecutionRequest } from './request.ts';
import type { EngineStatistics } from './statistics.ts';

/** A machine that works on an execution; times as `performance.now()` gives them. */
export interface ActiveVm {
  id: string;
  state: PoolReport['active_vms'][number]['state'];
  readonly request: ExecutionRequest;
  readonly since: number;
}

/** What the report is made from. */
export interface PoolReportSources {
  /** Absent while the engine starts. */
  readonly supply: MachineSupply | undefined;
  readonly active: readonly ActiveVm[];
  readonly statistics: EngineStatistics;
  readonly limiter: Limiter;
  readonly startedAt: number;
}

/** The state of machines, templates and queue now. */
export function poolReport({
  supply,
  active,
  statistics,
  limiter,
  startedAt,
}: PoolReportSources): PoolReport {
  const now = performance.now();
  const { executions, ...total } = statistics.total();
  const { shelves, templates } = supply?.report() ?? { shelves: [], templates: {} };
  return {
    timestamp: new Date().toISOString(),
    uptime_seconds: (now - startedAt) / 1000,
    pool_status: poolStatus(shelves),
    templates,
    template_progress: Object.fromEntries(
      Object.entries(supply?.templateProgress() ?? {}).map(([name, { phase, ageSeconds }]) => [
        name,
        { phase, age_seconds: ageSeconds },
      ]),
    ),
    active_vms: active.map(({ id, state, request, since }) => ({
      id,
      language: request.runtime.language.id,
      language_version: request.runtime.version.version,
      state,
      age_seconds: (now - since) / 1000,
    })),
    statistics: { executions_count: executions, ...total, by_language: statistics.byLanguage() },
    health: {
      utilization: limiter.running / limiter.capacity,
      running: limiter.running,
      capacity: limiter.capacity,
      queued: limiter.queued,
      queue_capacity: limiter.queueCapacity,
      pool_hit_rate: executions === 0 ? 0 : total.pool_hits / executions,
    },
  };
}

function poolStatus(shelves: ReturnType<MachineSupply['report']>['shelves']): PoolReport['pool_status'] {
  const status: Record<
    string,
    {
      available: number;
      target: number;
      vms: { id: string; language_version: string; age_seconds: number }[];
    }
  > = {};
  for (const { shape, available, target, idle } of shelves) {
    const { language, version } = parseRuntimeId(shape.runtime);
    const entry = (status[language.id] ??= { available: 0, target: 0, vms: [] });
    entry.available += available;
    entry.target += target;
    for (const { id, ageSeconds } of idle) {
      entry.vms.push({ id, language_version: version.version, age_seconds: ageSeconds });
    }
  }
  return status;
}

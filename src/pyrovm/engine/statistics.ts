import type { RuntimeFigures } from '../../observability/metrics.ts';
import { parseRuntimeId } from '../../runtimes/catalogue.ts';
import type { RuntimeId } from '../../runtimes/schema.ts';
import type { MachineOrigin } from '../pool/supply.ts';
import { EXECUTION_STATUSES } from './execution.ts';
import type { ExecutionStatus, LanguageStatistics } from './execution.ts';

interface Counts extends RuntimeFigures {
  readonly statuses: Record<ExecutionStatus, number>;
  readonly machines: Record<MachineOrigin, number>;
  readonly vms: Record<'created' | 'destroyed' | 'failed', number>;
}

/** Counts what the engine does, per runtime: the one source of its report and of its metrics. */
export class EngineStatistics {
  readonly #byRuntime = new Map<RuntimeId, Counts>();

  /** A program that ran to an end. */
  executed(runtime: RuntimeId, status: ExecutionStatus, machine: MachineOrigin): void {
    const counts = this.#of(runtime);
    counts.statuses[status] += 1;
    counts.machines[machine] += 1;
  }

  vm(runtime: RuntimeId, event: keyof Counts['vms']): void {
    this.#of(runtime).vms[event] += 1;
  }

  byRuntime(): ReadonlyMap<RuntimeId, RuntimeFigures> {
    return this.#byRuntime;
  }

  byLanguage(): Readonly<Record<string, LanguageStatistics>> {
    const languages: Record<string, LanguageStatistics> = {};
    for (const [runtime, counts] of this.#byRuntime) {
      const { language } = parseRuntimeId(runtime);
      languages[language.id] = sum([languages[language.id] ?? NOTHING, statisticsOf(counts)]);
    }
    return languages;
  }

  total(): LanguageStatistics {
    return sum([...this.#byRuntime.values()].map((counts) => statisticsOf(counts)));
  }

  #of(runtime: RuntimeId): Counts {
    let counts = this.#byRuntime.get(runtime);
    if (!counts) {
      counts = {
        statuses: Object.fromEntries(EXECUTION_STATUSES.map((status) => [status, 0])) as Counts['statuses'],
        machines: { pooled: 0, restored: 0, booted: 0 },
        vms: { created: 0, destroyed: 0, failed: 0 },
      };
      this.#byRuntime.set(runtime, counts);
    }
    return counts;
  }
}

const NOTHING: LanguageStatistics = {
  executions: 0,
  pool_hits: 0,
  pool_misses: 0,
  restores: 0,
  boots: 0,
  vms_created: 0,
  vms_destroyed: 0,
  vm_failures: 0,
};

function statisticsOf({ machines, vms }: Counts): LanguageStatistics {
  const { pooled, restored, booted } = machines;
  return {
    executions: pooled + restored + booted,
    pool_hits: pooled,
    pool_misses: restored + booted,
    restores: restored,
    boots: booted,
    vms_created: vms.created,
    vms_destroyed: vms.destroyed,
    vm_failures: vms.failed,
  };
}

function sum(all: readonly LanguageStatistics[]): LanguageStatistics {
  const names = Object.keys(NOTHING) as (keyof LanguageStatistics)[];
  const entries = names.map((name) => [name, all.reduce((total, each) => total + each[name], 0)]);
  return Object.fromEntries(entries) as LanguageStatistics;
}

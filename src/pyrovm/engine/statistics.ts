import type { LanguageStatistics } from './execution.ts';

type Counter = keyof LanguageStatistics;

/** Counts what the engine does, per language. */
export class EngineStatistics {
  readonly #byLanguage = new Map<string, Record<Counter, number>>();

  count(language: string, counter: Counter): void {
    let counters = this.#byLanguage.get(language);
    if (!counters) {
      counters = { executions: 0, pool_hits: 0, pool_misses: 0, vms_created: 0, vms_destroyed: 0 };
      this.#byLanguage.set(language, counters);
    }
    counters[counter] += 1;
  }

  total(counter: Counter): number {
    return [...this.#byLanguage.values()].reduce((sum, counters) => sum + counters[counter], 0);
  }

  byLanguage(): Readonly<Record<string, LanguageStatistics>> {
    return Object.fromEntries(
      [...this.#byLanguage].map(([language, counters]) => [language, { ...counters }]),
    );
  }
}

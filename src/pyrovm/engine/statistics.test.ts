import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LanguageStatistics } from './execution.ts';
import { EngineStatistics } from './statistics.ts';

const COUNTERS: readonly (keyof LanguageStatistics)[] = [
  'executions',
  'pool_hits',
  'pool_misses',
  'vms_created',
  'vms_destroyed',
];

describe('statistics', () => {
  it('count each event once, for its language and in total', () => {
    const events = fc.array(
      fc.tuple(
        fc.constantFrom('python', 'javascript', '__proto__', 'constructor'),
        fc.constantFrom(...COUNTERS),
      ),
    );
    fc.assert(
      fc.property(events, (events) => {
        const statistics = new EngineStatistics();
        for (const [language, counter] of events) statistics.count(language, counter);
        const report = statistics.byLanguage();
        expect(Object.keys(report).toSorted()).toEqual(
          [...new Set(events.map(([language]) => language))].toSorted(),
        );
        for (const counter of COUNTERS) {
          const mine = events.filter((event) => event[1] === counter);
          expect(statistics.total(counter)).toBe(mine.length);
          for (const [language, counters] of Object.entries(report)) {
            expect(counters[counter]).toBe(mine.filter((event) => event[0] === language).length);
          }
        }
      }),
    );
  });

  it('are nothing at first', () => {
    const statistics = new EngineStatistics();
    expect(statistics.byLanguage()).toEqual({});
    expect(statistics.total('executions')).toBe(0);
  });

  it('that were given do not change later', () => {
    const statistics = new EngineStatistics();
    statistics.count('python', 'executions');
    const report = statistics.byLanguage();
    statistics.count('python', 'executions');
    expect(report['python']?.executions).toBe(1);
  });
});

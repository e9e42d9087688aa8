import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRuntimeId } from '../../runtimes/catalogue.ts';
import type { RuntimeId } from '../../runtimes/schema.ts';
import { EXECUTION_STATUSES } from './execution.ts';
import { EngineStatistics } from './statistics.ts';

const runtimes = fc.constantFrom<RuntimeId[]>('python@3.11', 'javascript@18', 'javascript@20');
const ORIGINS = ['pooled', 'restored', 'booted'] as const;

describe('statistics', () => {
  it('count each event once: for its runtime, for its language and in total', () => {
    const executions = fc.array(
      fc.tuple(runtimes, fc.constantFrom(...EXECUTION_STATUSES), fc.constantFrom(...ORIGINS)),
    );
    const vms = fc.array(fc.tuple(runtimes, fc.constantFrom('created', 'destroyed', 'failed')));
    fc.assert(
      fc.property(executions, vms, (executions, vms) => {
        const statistics = new EngineStatistics();
        for (const [runtime, status, machine] of executions) statistics.executed(runtime, status, machine);
        for (const [runtime, event] of vms) statistics.vm(runtime, event);

        const expected = (isMeant: (runtime: string) => boolean) => {
          const mine = executions.filter(([runtime]) => isMeant(runtime));
          const by = (...origins: string[]) => mine.filter(([, , origin]) => origins.includes(origin)).length;
          const happened = (event: string) =>
            vms.filter(([runtime, each]) => isMeant(runtime) && each === event).length;
          return {
            executions: mine.length,
            pool_hits: by('pooled'),
            pool_misses: by('restored', 'booted'),
            restores: by('restored'),
            boots: by('booted'),
            vms_created: happened('created'),
            vms_destroyed: happened('destroyed'),
            vm_failures: happened('failed'),
          };
        };
        expect(statistics.total()).toEqual(expected(() => true));
        const languages = new Set([...executions, ...vms].map(([runtime]) => languageOf(runtime)));
        expect(statistics.byLanguage()).toEqual(
          Object.fromEntries(
            [...languages].map((id) => [id, expected((runtime) => languageOf(runtime) === id)]),
          ),
        );
        for (const [runtime, { statuses }] of statistics.byRuntime()) {
          for (const status of EXECUTION_STATUSES) {
            const mine = executions.filter((each) => each[0] === runtime && each[1] === status);
            expect(statuses[status]).toBe(mine.length);
          }
        }
      }),
    );
  });

  it('are nothing at first', () => {
    const statistics = new EngineStatistics();
    expect(statistics.byLanguage()).toEqual({});
    expect(statistics.byRuntime().size).toBe(0);
    expect(new Set(Object.values(statistics.total()))).toEqual(new Set([0]));
  });

  it('that were given for languages do not change later', () => {
    const statistics = new EngineStatistics();
    statistics.vm('python@3.11', 'created');
    const report = statistics.byLanguage();
    statistics.vm('python@3.11', 'created');
    expect(report['python']?.vms_created).toBe(1);
  });
});

function languageOf(runtime: string): string {
  return parseRuntimeId(runtime).language.id;
}

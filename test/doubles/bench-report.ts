import { goalsOf } from '../../src/bench/goals.ts';
import { quantilesOf } from '../../src/bench/quantiles.ts';
import type { BenchReport, RuntimeFigures } from '../../src/bench/report.ts';
import type { SequenceFigures } from '../../src/bench/sequence.ts';

/** Figures of one runtime, all given, such that Python's promises are all kept but no aim beyond them is reached. */
export function fakeFigures(change: Partial<RuntimeFigures> = {}): RuntimeFigures {
  const sequence = (ms: number): SequenceFigures => ({
    http: quantilesOf([ms + 2]),
    toResult: quantilesOf([ms]),
    machine: quantilesOf([1]),
    program: quantilesOf([ms - 1]),
    teardown: quantilesOf([1]),
    reported: quantilesOf([ms - 8]),
    cpuSeconds: 0.2,
  });
  return {
    executions: { booted: sequence(1000), restored: sequence(100), pooled: sequence(58) },
    bare: {
      interpreter: { path: '/usr/bin/python3', version: 'Python 3.11.2' },
      times: quantilesOf([40]),
      cpuSeconds: 0.02,
    },
    load: { clients: 8, executions: 40, perSecond: 8, cpuSeconds: 0.2, poolHits: 0.25 },
    burst: {
      requests: 100,
      statuses: { 200: 100 },
      right: 100,
      times: quantilesOf([12_000]),
      totalMs: 12_500,
    },
    memory: {
      idle: { pss: 50e6, own: 40e6, samples: 4, clones: 4 },
      busy: { pss: 55e6, own: 45e6, samples: 3, clones: 5 },
    },
    idle: { seconds: 60, waited: quantilesOf([70]), fresh: quantilesOf([60]), cpuPerClone: 0.001 },
    ...change,
  };
}

export function fakeReport(
  runtimes: BenchReport['runtimes'] = { 'python@3.11': fakeFigures() },
): BenchReport {
  return {
    date: '2026-11-21T12:00:00.000Z',
    tvmVersion: '0.1.0',
    host: {
      cpu: 'AMD EPYC',
      cpus: 2,
      memoryGib: 24,
      kernel: '6.1.0',
      vmm: 'qemu 10.0.13, tcg, bubblewrap + seccomp',
      guestKernel: { flavour: 'own', release: '6.1.170-tvm' },
    },
    rounds: 10,
    poolSize: 4,
    cpuMethod: 'cgroup v2',
    runtimes,
    goals: Object.fromEntries(Object.entries(runtimes).map(([id, figures]) => [id, goalsOf(id, figures)])),
    gateway: quantilesOf([0.5]),
  };
}

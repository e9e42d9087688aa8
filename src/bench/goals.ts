import type { RuntimeFigures } from './report.ts';

/** A figure of one report that does not depend on the machine, or should not, beside what it shall be. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  /** Absent for runtimes of which nothing is promised. */
  readonly must?: number;
  readonly aim?: number;
  /** Whether more is better. */
  readonly atLeast: boolean;
  /** The better of the two that is reached. */
  readonly reached?: 'aim' | 'must' | 'no';
}

interface Bounds {
  readonly must: number;
  readonly aim?: number;
  readonly atLeast?: boolean;
}

/** Promised of Python's hello world on a guest kernel of TVM's own. */
export const GOAL_LANGUAGE = 'python';

/** What `docs/SPECIFICATION.md` promises; what could not be measured is left out. */
export function goalsOf(runtime: string, figures: RuntimeFigures): Goal[] {
  const { executions, bare, load, burst, memory } = figures;
  const { booted, restored, pooled } = executions;
  const isPromised = runtime.startsWith(`${GOAL_LANGUAGE}@`);
  const goal = (name: string, value: number | undefined, bounds: Bounds): Goal[] => {
    if (value === undefined) return [];
    const { must, aim, atLeast = false } = bounds;
    if (!isPromised) return [{ name, value, atLeast }];
    const holds = (bound: number): boolean => (atLeast ? value >= bound : value <= bound);
    const reached = aim !== undefined && holds(aim) ? 'aim' : holds(must) ? 'must' : 'no';
    return [{ name, value, must, ...(aim === undefined ? {} : { aim }), atLeast, reached }];
  };
  const cpu = { must: 0.25, aim: 0.12 };
  return [
    ...goal('pooled HTTP / bubblewrap, p50', ratio(pooled?.http.p50, bare?.times.p50), { must: 2, aim: 1 }),
    ...goal('restored / booted, to result, p50', ratio(restored?.toResult.p50, booted?.toResult.p50), {
      must: 1 / 8,
      aim: 1 / 15,
    }),
    ...goal(`executions/s, ${load.clients} clients`, load.perSecond, { must: 5, aim: 10, atLeast: true }),
    ...goal(`CPU s per execution, ${load.clients} clients`, load.cpuSeconds, cpu),
    ...goal('CPU s per execution, pooled, sequential', pooled?.cpuSeconds, cpu),
    ...goal('PSS per idle clone, MB', memory.idle && memory.idle.pss / 1e6, { must: 60, aim: 30 }),
    ...goal(`burst of ${burst.requests}: replies lost or not 200`, burst.requests - burst.right, { must: 0 }),
    ...goal(
      `burst of ${burst.requests}: p99 / (${burst.requests} / executions/s)`,
      ratio(burst.times?.p99, (1000 * burst.requests) / load.perSecond),
      { must: 1.2 },
    ),
  ];
}

function ratio(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined ? undefined : value / base;
}

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

/** Promised of hello world in a clone from the pool, on such a kernel under emulation, in ms: compile and run as reported. */
const HELLO_GOALS_MS: Readonly<Record<string, { readonly must: number; readonly aim: number }>> = {
  python: { must: 150, aim: 30 },
  ruby: { must: 150, aim: 30 },
  javascript: { must: 600, aim: 100 },
  typescript: { must: 1500, aim: 300 },
  c: { must: 800, aim: 300 },
  cpp: { must: 4000, aim: 1500 },
  go: { must: 3000, aim: 1000 },
  rust: { must: 6000, aim: 2500 },
  java: { must: 4000, aim: 800 },
};

/** What `docs/SPECIFICATION.md` promises; what could not be measured is left out. */
export function goalsOf(runtime: string, figures: RuntimeFigures): Goal[] {
  const { executions, bare, load, burst, memory } = figures;
  const { booted, restored, pooled } = executions;
  const [language = ''] = runtime.split('@', 1);
  const pythonOnly = (bounds: Bounds): Bounds | undefined =>
    language === GOAL_LANGUAGE ? bounds : undefined;
  const cpu = pythonOnly({ must: 0.25, aim: 0.12 });
  return [
    ...goal('compile + run, pooled, as reported, ms, p50', pooled?.reported.p50, HELLO_GOALS_MS[language]),
    ...goal(
      'pooled HTTP / bubblewrap, p50',
      ratio(pooled?.http.p50, bare?.times.p50),
      pythonOnly({ must: 2, aim: 1 }),
    ),
    ...goal(
      'restored / booted, to result, p50',
      ratio(restored?.toResult.p50, booted?.toResult.p50),
      pythonOnly({ must: 1 / 8, aim: 1 / 15 }),
    ),
    ...goal(
      `executions/s, ${load.clients} clients`,
      load.perSecond,
      pythonOnly({ must: 5, aim: 10, atLeast: true }),
    ),
    ...goal(`CPU s per execution, ${load.clients} clients`, load.cpuSeconds, cpu),
    ...goal('CPU s per execution, pooled, sequential', pooled?.cpuSeconds, cpu),
    ...goal(
      'PSS per idle clone, MB',
      memory.idle && memory.idle.pss / 1e6,
      pythonOnly({ must: 60, aim: 30 }),
    ),
    ...goal(
      `burst of ${burst.requests}: replies lost or not 200`,
      burst.requests - burst.right,
      pythonOnly({ must: 0 }),
    ),
    ...goal(
      `burst of ${burst.requests}: p99 / (${burst.requests} / executions/s)`,
      ratio(burst.times?.p99, (1000 * burst.requests) / load.perSecond),
      pythonOnly({ must: 1.2 }),
    ),
  ];
}

/** None for a value that could not be measured. */
function goal(name: string, value: number | undefined, bounds: Bounds | undefined): Goal[] {
  if (value === undefined) return [];
  const { must, aim, atLeast = false } = bounds ?? {};
  if (must === undefined) return [{ name, value, atLeast }];
  const holds = (bound: number): boolean => (atLeast ? value >= bound : value <= bound);
  const reached = aim !== undefined && holds(aim) ? 'aim' : holds(must) ? 'must' : 'no';
  return [{ name, value, must, ...(aim === undefined ? {} : { aim }), atLeast, reached }];
}

function ratio(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined ? undefined : value / base;
}

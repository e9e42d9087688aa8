import { randomUUID } from 'node:crypto';
import { TvmError } from '../errors.ts';
import type { Executor } from '../pyrovm/engine/execution.ts';
import type { MachineOrigin } from '../pyrovm/pool/supply.ts';
import { quantilesOf } from './quantiles.ts';
import type { Quantiles } from './quantiles.ts';

/** Times of executions whose machines came to be in one way, in ms. */
export interface ExecutionFigures {
  /** From asking for a machine to the end of the program. */
  readonly toResult: Quantiles;
  /** Until there was a machine. */
  readonly machine: Quantiles;
  readonly program: Quantiles;
  readonly teardown: Quantiles;
}

export interface ExecutionSeries {
  readonly executor: Executor;
  readonly language: string;
  readonly code: string;
  readonly rounds: number;
  /** Executions whose machine came to be in another way do not count. */
  readonly origin: MachineOrigin;
  /** Awaited before each execution. */
  readonly settle: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Runs a program again and again, one execution after the other.
 * @throws TvmError when a program does not end well, or too many machines came to be in another way
 */
export async function measureExecutions(series: ExecutionSeries): Promise<ExecutionFigures> {
  const { executor, language, code, rounds, origin, settle, signal } = series;
  const samples = {
    toResult: [] as number[],
    machine: [] as number[],
    program: [] as number[],
    teardown: [] as number[],
  };
  for (let tries = 0; samples.toResult.length < rounds; tries += 1) {
    if (tries > 3 * rounds) throw new TvmError('internal', `too few machines of ${language} are ${origin}`);
    await settle();
    const { status, timings, machine } = await executor.execute(
      { requestId: randomUUID(), language, code, limits: { timeoutMs: 20_000 } },
      { signal },
    );
    if (status !== 'ok')
      throw new TvmError('internal', `the benchmark's ${language} program ended with ${status}`);
    if (machine !== origin) continue;
    samples.toResult.push(timings.boot_ms + timings.setup_ms + timings.run_ms);
    samples.machine.push(timings.boot_ms);
    samples.program.push(timings.run_ms);
    samples.teardown.push(timings.teardown_ms);
  }
  return {
    toResult: quantilesOf(samples.toResult),
    machine: quantilesOf(samples.machine),
    program: quantilesOf(samples.program),
    teardown: quantilesOf(samples.teardown),
  };
}

/** Executions per second with `clients` that each send one request after the other. */
export async function measureThroughput(
  { executor, language, code, signal }: Pick<ExecutionSeries, 'executor' | 'language' | 'code' | 'signal'>,
  clients: number,
  executions: number,
): Promise<number> {
  let left = executions;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left > 0) {
        left -= 1;
        const { status } = await executor.execute(
          { requestId: randomUUID(), language, code, limits: { timeoutMs: 20_000 } },
          { signal },
        );
        if (status !== 'ok')
          throw new TvmError('internal', `the benchmark's ${language} program ended with ${status}`);
      }
    }),
  );
  return (1000 * executions) / (performance.now() - startedAt);
}

import { randomUUID } from 'node:crypto';
import { TvmError } from '../errors.ts';
import type { Executor } from '../pyrovm/engine/execution.ts';
import { quantilesOf } from './quantiles.ts';
import type { Quantiles } from './quantiles.ts';

/** Times of executions that boot a VM of their own, in ms. */
export interface ColdBootFigures {
  /** From the start of the VM process to the end of the program. */
  readonly powerOnToResult: Quantiles;
  readonly boot: Quantiles;
  readonly program: Quantiles;
  readonly teardown: Quantiles;
}

/** Runs `code` `rounds` times, one after the other. @throws TvmError when a program does not end well */
export async function measureColdBoot(
  executor: Executor,
  language: string,
  code: string,
  rounds: number,
  signal: AbortSignal,
): Promise<ColdBootFigures> {
  const samples = {
    total: [] as number[],
    boot: [] as number[],
    program: [] as number[],
    teardown: [] as number[],
  };
  for (let round = 0; round < rounds; round += 1) {
    const { status, timings } = await executor.execute(
      { requestId: randomUUID(), language, code, limits: { timeoutMs: 20_000 } },
      { signal },
    );
    if (status !== 'ok')
      throw new TvmError('internal', `the benchmark's ${language} program ended with ${status}`);
    samples.total.push(timings.boot_ms + timings.setup_ms + timings.run_ms);
    samples.boot.push(timings.boot_ms);
    samples.program.push(timings.run_ms);
    samples.teardown.push(timings.teardown_ms);
  }
  return {
    powerOnToResult: quantilesOf(samples.total),
    boot: quantilesOf(samples.boot),
    program: quantilesOf(samples.program),
    teardown: quantilesOf(samples.teardown),
  };
}

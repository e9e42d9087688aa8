import { runTool } from '../sys/process.ts';
import { quantilesOf } from './quantiles.ts';
import type { Quantiles } from './quantiles.ts';

/** A bare bubblewrap sandbox without any virtual machine, for scale: the same program on the host's interpreter, in ms. */
export async function measureBareSandbox(
  command: readonly string[],
  rounds: number,
  signal: AbortSignal,
): Promise<Quantiles> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await runTool(['bwrap', '--unshare-all', '--ro-bind', '/', '/', '--dev', '/dev', '--', ...command], {
      signal,
    });
    samples.push(performance.now() - startedAt);
  }
  return quantilesOf(samples);
}

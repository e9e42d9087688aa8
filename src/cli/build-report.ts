import { messageOf } from '../errors.ts';
import type { BuildResult } from '../images/build.ts';
import { EXIT } from './exit-codes.ts';

/** One line for what is ready, then one for each version that is not. */
export function buildReport(results: readonly BuildResult[]): string[] {
  const ready = results.filter((result) => !('error' in result)).map(({ id }) => id);
  return [
    ...(ready.length > 0 ? [`ready: ${ready.join(', ')}`] : []),
    ...(['unreachable', 'failed'] as const).flatMap((outcome) =>
      results.flatMap((result) =>
        'error' in result && result.outcome === outcome
          ? [`${outcome}: ${result.id}: ${messageOf(result.error)}`]
          : [],
      ),
    ),
  ];
}

/** What is out of reach is no fault where everything was asked for that can be had. */
export function buildExitCode(results: readonly BuildResult[], all: boolean): number {
  const isFault = ({ outcome }: BuildResult): boolean =>
    outcome === 'failed' || (outcome === 'unreachable' && !all);
  return results.some(isFault) ? EXIT.failure : EXIT.ok;
}

import { parseLine } from './line.ts';
import type { LogLine } from './line.ts';

/**
 * Merges the lines of several components by time, each component's own order kept. A line without a time, such as one
 * of a stack trace, stays behind its predecessor.
 */
export function mergeByTime(perComponent: readonly (readonly string[])[]): LogLine[] {
  const timed = perComponent.flatMap((texts) => {
    let latest = 0;
    return texts.map((text) => {
      const line = parseLine(text);
      // A clock that was set back must not tear a component's lines out of their order.
      latest = Math.max(latest, line.fields?.time ?? latest);
      return { line, time: latest };
    });
  });
  return timed.sort((a, b) => a.time - b.time).map(({ line }) => line);
}

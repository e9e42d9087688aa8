import { readFileSync } from 'node:fs';

/** Open connections of one address, where the process may have descriptors enough. */
const MOST_CONNECTIONS = 1000;
/** There are four addresses at most, so that half of all descriptors stay for microVMs, logs and files. */
const SHARE = 8;

/** The most connections that one address may have open. `limits` is the text of /proc/self/limits. */
export function mostConnections(limits: string = ownLimits()): number {
  const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
  if (soft === undefined) return MOST_CONNECTIONS;
  return Math.max(1, Math.min(MOST_CONNECTIONS, Math.floor(Number(soft) / SHARE)));
}

function ownLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

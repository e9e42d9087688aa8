import { readdirSync, readFileSync } from 'node:fs';

/** Names of everything in a folder and below it; none if it does not exist. */
export function entriesBelow(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true }).map(String);
  } catch {
    return [];
  }
}

/** Control groups of any hierarchy whose name holds one of these ids of instances. */
export function controlGroupsOf(instances: readonly string[]): string[] {
  return entriesBelow('/sys/fs/cgroup').filter(
    (entry) => entry.endsWith('/cgroup.procs') && instances.some((id) => entry.includes(id)),
  );
}

/** Mount points whose path contains `text`. */
export function mountsWith(text: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.includes(text));
}

/** Unix sockets that are bound to a path which contains `text`. */
export function unixSocketsWith(text: string): string[] {
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[7] ?? '')
    .filter((path) => path.includes(text));
}

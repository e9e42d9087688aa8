import { readdirSync } from 'node:fs';
import { descendantsOf, processesWithArgument } from '../support/processes.ts';
import { controlGroupsOf, entriesBelow, mountsWith, unixSocketsWith } from '../support/remains.ts';

/**
 * What is there of a TVM process that has ended, in words; empty if it left nothing.
 * @param id of the instance: part of the name of each of its processes and control groups
 * @param folder in which its own folders are: runtime, state, temporary files
 * @param before its owner's descriptors and child processes before it began, from {@link holdings}
 */
export function remains(id: string, folder: string, before: Holdings): string[] {
  const now = holdings();
  return [
    ...now.processes.filter((pid) => !before.processes.includes(pid)).map((pid) => `child process ${pid}`),
    ...processesWithArgument(id).map((pid) => `process ${pid}`),
    ...mountsWith(folder).map((path) => `mount ${path}`),
    ...[folder, id].flatMap(unixSocketsWith).map((path) => `socket ${path}`),
    ...controlGroupsOf([id]).map((path) => `control group ${path}`),
    ...entriesBelow(folder)
      .filter((path) => path.includes(id))
      .map((path) => `file ${path}`),
    ...(now.descriptors > before.descriptors
      ? [`${now.descriptors - before.descriptors} more descriptors`]
      : []),
  ];
}

/** What this process holds. */
export interface Holdings {
  readonly descriptors: number;
  /** Its children, and theirs, and so on. */
  readonly processes: readonly number[];
}

/** What this process holds now. */
export function holdings(): Holdings {
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    processes: descendantsOf().map(({ pid }) => pid),
  };
}

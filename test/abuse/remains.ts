import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CGROUP_ROOT = '/sys/fs/cgroup';

/**
 * What is there of a TVM process that has ended, in words; empty if it left nothing.
 * @param id of the instance: part of the name of each of its processes and control groups
 * @param folder in which its own folders are: runtime, state, temporary files
 * @param before its owner's descriptors and child processes before it began, from {@link holdings}
 */
export function remains(id: string, folder: string, before: Holdings): string[] {
  const now = holdings();
  const found = (what: string, file: string, text: string): string[] =>
    linesOf(file)
      .filter((line) => line.includes(text))
      .map((line) => `${what}: ${line}`);
  return [
    ...now.processes.filter((pid) => !before.processes.includes(pid)).map((pid) => `child process ${pid}`),
    ...processes(id).map((pid) => `process ${pid}`),
    ...found('mount', '/proc/self/mountinfo', folder),
    ...found('socket', '/proc/net/unix', folder),
    ...found('socket', '/proc/net/unix', id),
    ...entriesBelow(CGROUP_ROOT)
      .filter((path) => path.includes(id))
      .map((path) => `control group ${path}`),
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
  /** Of it and of its children, and so on. */
  readonly processes: readonly number[];
}

/** What this process holds now. */
export function holdings(): Holdings {
  return { descriptors: readdirSync('/proc/self/fd').length, processes: descendants(process.pid) };
}

function processes(argument: string): number[] {
  return pids().filter((pid) => pid !== process.pid && textOf(`/proc/${pid}/cmdline`).includes(argument));
}

function descendants(of: number): number[] {
  const parents = new Map(
    pids().map((pid) => [pid, Number(/^PPid:\t(\d+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1])]),
  );
  const childrenOf = (parent: number): number[] =>
    [...parents].filter(([, one]) => one === parent).flatMap(([pid]) => [pid, ...childrenOf(pid)]);
  return childrenOf(of);
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function linesOf(file: string): string[] {
  return textOf(file).split('\n');
}

/** Empty for a file that is not there, or no more. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function entriesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? [path, ...entriesBelow(path)] : [path];
    });
  } catch {
    return [];
  }
}

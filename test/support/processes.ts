import { readdirSync, readFileSync } from 'node:fs';

/** A process as /proc shows it. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  /** Name of the program, cut to 15 bytes. */
  readonly program: string;
  readonly argv: readonly string[];
}

/** All living processes but this one; those that end meanwhile may be missing. */
export function processTable(): SeenProcess[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const argv = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
        const program = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid: Number(entry), parent, program, argv }];
      } catch {
        return [];
      }
    });
}

/** Pids of living processes of which an argument contains `text`, this process excepted. */
export function processesWithArgument(text: string): number[] {
  return processTable()
    .filter(({ argv }) => argv.join('\0').includes(text))
    .map(({ pid }) => pid);
}

/** Processes that descend from another, this one by default. */
export function descendantsOf(ancestor = process.pid): SeenProcess[] {
  const table = processTable();
  const parents = new Map(table.map(({ pid, parent }) => [pid, parent]));
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent === ancestor || (parent !== undefined && parent !== pid && isBelow(parent));
  };
  return table.filter(({ pid }) => isBelow(pid));
}

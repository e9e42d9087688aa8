import { readFile } from 'node:fs/promises';
import { findProcessesByArgument } from '../sys/process-table.ts';

/** Memory of a process or of several, in bytes. */
export interface Memory {
  /** Proportional set size: pages of its own, and its share of those that others map as well. */
  readonly pss: number;
  /** Pages that nobody else maps. */
  readonly own: number;
}

/** What is left of a rollup when fields are missing would be too little. @param rollup of /proc/PID/smaps_rollup */
export function parseRollup(rollup: string): Memory | undefined {
  const field = (name: string): number =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? Number.NaN);
  const memory = { pss: field('Pss'), own: field('Private_Clean') + field('Private_Dirty') };
  return Number.isFinite(memory.pss) && Number.isFinite(memory.own) ? memory : undefined;
}

/** Memory of a VM's process and of the jail around it, or undefined when this user may not see it or it is gone. */
export async function memoryOfVm(id: string): Promise<Memory | undefined> {
  // The jail's processes carry the command that they run among their arguments.
  const pids = await findProcessesByArgument((argument) => argument === `tvm-${id}`);
  try {
    const parts = await Promise.all(
      pids.map(async (pid) => parseRollup(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))),
    );
    const known = parts.filter((part) => part !== undefined);
    if (known.length === 0 || known.length < parts.length) return undefined;
    return {
      pss: known.reduce((sum, { pss }) => sum + pss, 0),
      own: known.reduce((sum, { own }) => sum + own, 0),
    };
  } catch {
    return undefined;
  }
}

import { readdir, readFile } from 'node:fs/promises';

/** Pids of every other process of which an argument matches, as far as this user may see. */
export async function findProcessesByArgument(matches: (argument: string) => boolean): Promise<number[]> {
  const pids: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      const argv = (await readFile(`/proc/${entry}/cmdline`, 'utf8')).split('\0');
      if (argv.some(matches)) pids.push(Number(entry));
    } catch {
      // It ended meanwhile.
    }
  }
  return pids;
}

/**
 * Kills, by SIGKILL, every process of which an argument matches, as far as this user may.
 * @returns how many
 */
export async function killProcessesByArgument(matches: (argument: string) => boolean): Promise<number> {
  let killed = 0;
  for (const pid of await findProcessesByArgument(matches)) {
    try {
      process.kill(pid, 'SIGKILL');
      killed += 1;
    } catch {
      // It ended meanwhile, or is another user's.
    }
  }
  return killed;
}

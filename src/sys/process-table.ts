import { readdir, readFile } from 'node:fs/promises';

/**
 * Kills, by SIGKILL, every process of which an argument matches, as far as this user may.
 * @returns how many
 */
export async function killProcessesByArgument(matches: (argument: string) => boolean): Promise<number> {
  let killed = 0;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      const argv = (await readFile(`/proc/${entry}/cmdline`, 'utf8')).split('\0');
      if (!argv.some(matches)) continue;
      process.kill(Number(entry), 'SIGKILL');
      killed += 1;
    } catch {
      // It ended meanwhile, or is another user's.
    }
  }
  return killed;
}

import { readdirSync, readFileSync } from 'node:fs';

/** Pids of living processes of which an argument contains `text`, this process excepted. */
export function processesWithArgument(text: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => {
      try {
        return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

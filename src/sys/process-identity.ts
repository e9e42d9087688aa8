import { readFileSync } from 'node:fs';
import { errnoOf } from '../errors.ts';

/**
 * A process beyond its pid, which the kernel uses again: when it started, in clock ticks since the boot, and which boot.
 * Both are empty on a system without /proc.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
}

/** The identity of a living process, or undefined; a zombie, which only waits to be reaped, counts as gone. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  if (process.platform !== 'linux') {
    return canBeSignalled(pid) ? { pid, startTicks: '', bootId: '' } : undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets and may itself hold brackets and blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { pid, startTicks: fields[19] ?? '', bootId };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still lives, not another one with its pid. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

function canBeSignalled(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

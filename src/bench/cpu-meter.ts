import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findControlGroups } from './control-groups.ts';
import type { ControlGroup } from './control-groups.ts';

/**
 * Processor time of this process and of everything it starts. The kernel's sums over a process's children lack what they
 * left unreaped: those of a VM, whose jail is killed above it. A control group counts every process that was ever in it.
 */
export interface CpuMeter extends Disposable {
  /** How it counts; `host` counts everything that runs on this machine. */
  readonly method: 'cgroup v2' | 'cgroup v1' | 'host';
  /** Seconds of processor time so far, from an arbitrary start. */
  seconds(): number;
}

const GROUP_PREFIX = 'tvm-bench-';

/** Linux counts in hundredths of a second towards programs, whatever it does inside. */
const TICKS_PER_SECOND = 100;

/** Moves this process into a control group of its own where that is allowed, and back on disposal. */
export function openCpuMeter(): CpuMeter {
  for (const parent of findControlGroups(read('/proc/self/cgroup'), read('/proc/self/mountinfo'))) {
    try {
      return enterGroup(parent);
    } catch {
      // Not allowed here; the next one may be.
    }
  }
  return {
    method: 'host',
    seconds: () => busySeconds(read('/proc/stat')),
    [Symbol.dispose]: () => {},
  };
}

/** Time that a machine's processors were busy since its boot. @param stat content of /proc/stat */
export function busySeconds(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

function enterGroup({ folder, version }: ControlGroup): CpuMeter {
  removeAbandoned(folder);
  const group = join(folder, `${GROUP_PREFIX}${process.pid}`);
  const enter = (folder: string): void => writeFileSync(join(folder, 'cgroup.procs'), String(process.pid));
  const seconds =
    version === 2
      ? () => Number(/^usage_usec (\d+)$/m.exec(read(join(group, 'cpu.stat')))?.[1] ?? Number.NaN) / 1e6
      : () => Number(read(join(group, 'cpuacct.usage'))) / 1e9;
  const leave = (): void => {
    try {
      enter(folder);
      rmdirSync(group);
    } catch {
      // The next benchmark removes it.
    }
  };
  mkdirSync(group);
  try {
    enter(group);
    if (!Number.isFinite(seconds())) throw new Error('the group does not count');
  } catch (error) {
    leave();
    removeAbandoned(folder);
    throw error;
  }
  return { method: `cgroup v${version}`, seconds, [Symbol.dispose]: leave };
}

/** Groups of benchmarks that were killed; one that holds a process cannot be removed. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder).filter((name) => name.startsWith(GROUP_PREFIX))) {
    try {
      rmdirSync(join(folder, name));
    } catch {
      // In use.
    }
  }
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

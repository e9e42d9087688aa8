import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

const MIB = 1024 * 1024;

/** Memory that this process and its children share with whoever else is on the host or in the control group, in MiB. */
export interface MemoryRoom {
  readonly totalMb: number;
  /** What may still be used before something is swapped out or killed. */
  readonly availableMb: number;
}

/** Content of a small file of the kernel, or undefined when it is not there. */
export type ReadFile = (path: string) => string | undefined;

/** Names of a control group's files; a limit that is not a number is none. */
interface Generation {
  readonly mount: string;
  readonly limits: readonly string[];
  readonly usage: string;
  /** Line of `memory.stat` with the page cache that the kernel gives back first. */
  readonly reclaimable: string;
}

const V1: Generation = {
  mount: '/sys/fs/cgroup/memory',
  limits: ['memory.limit_in_bytes'],
  usage: 'memory.usage_in_bytes',
  reclaimable: 'total_inactive_file',
};
const V2: Generation = {
  mount: '/sys/fs/cgroup',
  limits: ['memory.max', 'memory.high'],
  usage: 'memory.current',
  reclaimable: 'inactive_file',
};

/** The tightest of what the host has and what the control groups around this process allow. */
export function readMemoryRoom(read: ReadFile = readIfThere): MemoryRoom {
  const host = roomOfHost(read);
  const groups = (read('/proc/self/cgroup') ?? '')
    .split('\n')
    .flatMap((line) => roomsOfGroups(line, read))
    // Kernels say "no limit" as a number larger than any memory.
    .filter(({ totalMb }) => totalMb < host.totalMb);
  const all = [host, ...groups];
  return {
    totalMb: Math.min(...all.map(({ totalMb }) => totalMb)),
    availableMb: Math.max(0, Math.min(...all.map(({ availableMb }) => availableMb))),
  };
}

function roomOfHost(read: ReadFile): MemoryRoom {
  const meminfo = read('/proc/meminfo') ?? '';
  const kib = (name: string): number | undefined => numberAfter(meminfo, `${name}:`);
  const total = kib('MemTotal');
  const available = kib('MemAvailable');
  return {
    totalMb: total === undefined ? totalmem() / MIB : total / 1024,
    availableMb: available === undefined ? freemem() / MIB : available / 1024,
  };
}

/** Rooms of a group and of all around it: each may have a limit. @param line of `/proc/self/cgroup` */
function roomsOfGroups(line: string, read: ReadFile): MemoryRoom[] {
  const [, hierarchy, controllers = '', path = ''] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
  const generation = controllers.split(',').includes('memory') ? V1 : hierarchy === '0' ? V2 : undefined;
  if (!generation) return [];
  const names = path.split('/').filter((name) => name !== '');
  // In a container the path is often the host's; then only the root of the mount is there, which is the container's.
  return [...names, ''].flatMap((_, length) => {
    const folder = join(generation.mount, ...names.slice(0, length));
    return roomOfGroup(folder, generation, read) ?? [];
  });
}

function roomOfGroup(folder: string, generation: Generation, read: ReadFile): MemoryRoom | undefined {
  const bytes = (name: string): number => Number.parseInt(read(join(folder, name)) ?? '', 10);
  const limit = Math.min(...generation.limits.map(bytes).filter((value) => !Number.isNaN(value)));
  const usage = bytes(generation.usage);
  if (!Number.isFinite(limit) || Number.isNaN(usage)) return undefined;
  const cache = numberAfter(read(join(folder, 'memory.stat')) ?? '', generation.reclaimable) ?? 0;
  return { totalMb: limit / MIB, availableMb: (limit - usage + Math.min(cache, usage)) / MIB };
}

/** The number in the line that begins with `name` and a space. */
function numberAfter(text: string, name: string): number | undefined {
  const line = text.split('\n').find((line) => line.startsWith(`${name} `));
  const value = Number.parseInt(line?.slice(name.length) ?? '', 10);
  return Number.isNaN(value) ? undefined : value;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

import type { ControlGroups } from '../../../../sys/control-groups.ts';
import type { CellSpec } from '../wall.ts';

/** A file shown inside a jail: bind-mounted, never copied. */
export interface JailerMount {
  readonly source: string;
  readonly target: string;
  readonly writable: boolean;
}

export interface JailerCommandOptions {
  /** The jailer program. */
  readonly jailer: string;
  /** The Firecracker program, which the jailer copies into the jail. */
  readonly program: string;
  readonly cell: CellSpec;
  /** User and group of the process. */
  readonly uid: number;
  /** Folder below which the jailer finds the jail's root. */
  readonly baseFolder: string;
  readonly mounts: readonly JailerMount[];
  readonly controlGroups: ControlGroups | undefined;
  /** Name of the control group in which the VM's is made. */
  readonly parentGroup: string;
}

const MIB = 1024 * 1024;

/** What Firecracker needs beside the guest's memory, with the page tables, in MiB. */
const OVERHEAD_MB = 64;

/** Processors of a guest and Firecracker's own threads are far fewer. */
const MAX_THREADS = 64;

/** Firecracker takes as many at its start: a table that grows later costs a clone tens of ms. */
const OPEN_FILES = 1024;

/** The state of a snapshot's devices beside its memory. */
const STATE_BYTES = 16 * MIB;

/** Where no file is to be written: from 1.10 the vsock device has a page or so of memory that counts as a file. */
const NO_FILE_BYTES = MIB;

/**
 * What the first process of the VM's namespaces runs. It stays root and only waits, so that the parent-death signal of
 * `unshare` reaches it, which a change of user would clear; its end is the end of the namespace, and of Firecracker in it.
 * Mounts are its namespace's own: nobody has to unmount them. The folder of the jail is allowed devices, because folders
 * for run-time files often are not. `ready` and the line after it are the gate of every jail; the last line keeps the shell
 * from becoming the jailer.
 */
const FIRST_PROCESS = `set -e
base=$1
shift
mount --bind "$base" "$base"
mount -o remount,bind,dev,exec "$base"
while [ "$1" != -- ]; do
  mount -o "bind,$1" "$2" "$3"
  shift 3
done
shift
echo ready
read -r word
"$@"
exit $?`;

/** The command line that starts Firecracker with `args` by its jailer. Options are those of the jailer 1.1 to 1.16. */
export function jailerCommand(options: JailerCommandOptions, args: readonly string[]): string[] {
  const { jailer, program, cell, uid, baseFolder, mounts } = options;
  return [
    ...['setpriv', '--no-new-privs', '--clear-groups', '--pdeathsig', 'KILL', '--'],
    // An empty network, and a process table in which nobody but Firecracker can be seen; the jailer needs none of its own
    // options for that, with which it would fork and leave this process without a child to kill.
    ...[
      'unshare',
      '--mount',
      '--net',
      '--pid',
      '--ipc',
      '--uts',
      '--mount-proc',
      '--fork',
      '--kill-child',
      '--',
    ],
    ...['sh', '-c', FIRST_PROCESS, 'sh', baseFolder],
    ...mounts.flatMap(({ source, target, writable }) => [
      writable ? 'rw,nosuid,nodev,noexec' : 'ro,nosuid,nodev,noexec',
      source,
      target,
    ]),
    '--',
    jailer,
    ...['--id', cell.name, '--exec-file', program, '--uid', String(uid), '--gid', String(uid)],
    ...['--chroot-base-dir', baseFolder],
    ...['--resource-limit', `fsize=${largestFile(cell)}`, '--resource-limit', `no-file=${OPEN_FILES}`],
    ...controlGroupOptions(options),
    '--',
    ...args,
  ];
}

function largestFile({ memoryMb, writableFiles }: CellSpec): number {
  return Object.keys(writableFiles).length === 0 ? NO_FILE_BYTES : memoryMb * MIB + STATE_BYTES;
}

function controlGroupOptions({ controlGroups, parentGroup, cell }: JailerCommandOptions): string[] {
  if (!controlGroups) return [];
  const memoryFile = controlGroups.version === 2 ? 'memory.max' : 'memory.limit_in_bytes';
  return [
    ...['--cgroup-version', String(controlGroups.version), '--parent-cgroup', parentGroup],
    ...['--cgroup', `${memoryFile}=${(cell.memoryMb + OVERHEAD_MB) * MIB}`],
    ...['--cgroup', `pids.max=${MAX_THREADS}`],
  ];
}

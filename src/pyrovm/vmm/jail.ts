import { existsSync } from 'node:fs';

/** What walls a VM process in. Each starts `argv` so that it dies with this process. */
export type JailKind = 'bubblewrap' | 'setpriv';

/** Files that a jailed process may read, by the path under which it sees them. */
export type JailFiles = Readonly<Record<string, string>>;

export interface JailOptions {
  /** File tree that the jailed process sees as its system; by default the host's. */
  readonly systemTree?: string | undefined;
  readonly files: JailFiles;
  /** Files that it may also write to; only for machines that no stranger's code ever runs in. */
  readonly writableFiles?: JailFiles | undefined;
  /**
   * Folder that becomes its working directory and that it may fill; its user must be able to. By default it has none, and
   * can create no file at all.
   */
  readonly folder?: string | undefined;
  /** Also give it KVM: the device node, and the group that may open it. */
  readonly kvm?: { readonly device: string; readonly groupId: number } | undefined;
  /** Whether this process is root: the jailed one then becomes {@link UNPRIVILEGED_ID}. */
  readonly root: boolean;
}

export interface Jail {
  /** Path under which the jailed process sees a file of `options.files`. */
  pathOf(name: string): string;
  /** The command line that runs `command` in the jail, once {@link GATE_GO} has answered its {@link GATE_READY}. */
  wrap(command: readonly string[]): readonly string[];
}

/** Traditional uid and gid of nobody. */
const UNPRIVILEGED_ID = '65534';

/**
 * A parent-death signal that is set after the parent has died never comes. So the jailed command waits, once the signals
 * are set, for a word of its owner on stdin; if the owner is dead, it reads end of file and ends. `read` of a shell takes
 * no byte beyond the line.
 */
const GATE = ['sh', '-c', 'echo ready && read -r word && exec "$@"', 'sh'] as const;

/** Where bubblewrap shows the folder of a jailed process. */
const WORKING_FOLDER = '/run';

/** First line on stdout of a jailed command; {@link GATE_GO} on its stdin lets it start. */
export const GATE_READY = 'ready\n';
export const GATE_GO = 'go\n';

const CAPABILITIES_TO_DROP_PRIVILEGES = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'];

/** What a dynamically linked QEMU needs of the host, read-only. */
const SYSTEM_FOLDERS = ['/usr', '/lib', '/lib64', '/etc/ld.so.cache'];

/**
 * A jail runs a command as an unprivileged user without capabilities, who cannot gain privileges, and kills
 * it when this process dies, even by SIGKILL.
 *
 * - `bubblewrap`: also pid, network, ipc, uts, cgroup and mount namespaces of its own; the mount view holds the system
 *   libraries and the files given, all read-only. As root the user is changed inside, by setpriv: a user namespace made
 *   by root would map `nobody` to root.
 * - `setpriv`: where namespaces are forbidden. No view of its own: the VM process's seccomp filter and file permissions
 *   are what is left.
 */
export function makeJail(kind: JailKind, options: JailOptions): Jail {
  const drop = dropPrivileges(options);
  if (kind === 'setpriv') {
    const all = { ...options.files, ...options.writableFiles };
    // Entered while this process still may: of the way to it nobody can be expected to be let through.
    const enter = options.folder === undefined ? [] : ['env', `--chdir=${options.folder}`];
    return {
      wrap: (command) => [...enter, ...drop, ...GATE, ...command],
      pathOf: (name) => required(all, name),
    };
  }
  const namespaces = ['pid', 'net', 'ipc', 'uts', 'cgroup-try', ...(options.root ? [] : ['user'])];
  const { systemTree = '' } = options;
  const systemFolders = SYSTEM_FOLDERS.filter((folder) => existsSync(systemTree + folder));
  const prefix = [
    // No parent-death signal before its own: killed just after it has cloned, bubblewrap leaves a child that waits for it
    // for ever. Its own is set before that child goes on, and who dies before then is noticed at the gate.
    'bwrap',
    ...namespaces.map((name) => `--unshare-${name}`),
    '--die-with-parent',
    '--new-session',
    ...['--cap-drop', 'ALL'],
    ...(options.root ? CAPABILITIES_TO_DROP_PRIVILEGES.flatMap((name) => ['--cap-add', name]) : []),
    ...['--clearenv', '--setenv', 'PATH', '/usr/bin:/bin'],
    ...systemFolders.flatMap((folder) => ['--ro-bind', systemTree + folder, folder]),
    ...['--dev', '/dev'],
    ...(options.kvm ? ['--dev-bind', options.kvm.device, '/dev/kvm'] : []),
    // Else bubblewrap makes it as root for root alone.
    ...['--perms', '0755', '--dir', '/vm'],
    ...Object.entries(options.files).flatMap(([name, path]) => ['--ro-bind', path, `/vm/${name}`]),
    ...Object.entries(options.writableFiles ?? {}).flatMap(([name, path]) => ['--bind', path, `/vm/${name}`]),
    ...(options.folder === undefined ? [] : ['--bind', options.folder, WORKING_FOLDER]),
    // /dev is a file system of its own; where the jailed user is the one that made it, it could be filled.
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...['--chdir', options.folder === undefined ? '/' : WORKING_FOLDER],
    '--',
    ...drop,
    ...GATE,
  ];
  return { wrap: (command) => [...prefix, ...command], pathOf: (name) => `/vm/${name}` };
}

/** The parent-death signal comes last of all: a change of user clears it, so bubblewrap's alone would not hold. */
function dropPrivileges(options: JailOptions): string[] {
  const groups = options.kvm ? ['--groups', String(options.kvm.groupId)] : ['--clear-groups'];
  const change = options.root
    ? [
        '--reuid',
        UNPRIVILEGED_ID,
        '--regid',
        UNPRIVILEGED_ID,
        ...groups,
        '--inh-caps=-all',
        '--bounding-set=-all',
      ]
    : [];
  return ['setpriv', '--no-new-privs', ...change, '--pdeathsig', 'KILL', '--'];
}

function required(files: JailFiles, name: string): string {
  const path = files[name];
  if (path === undefined) throw new Error(`no file ${name} in the jail`);
  return path;
}

import { COMMON_ENVIRONMENT } from '../runtimes/schema.ts';
import { runTool } from '../sys/process.ts';

export interface SandboxOptions {
  readonly signal: AbortSignal;
  /** Whether the command may change the tree. */
  readonly writable: boolean;
  /** File for what it prints, stderr included. */
  readonly outputFile: string;
  readonly timeoutMs: number;
}

/**
 * Runs a command in a tree as its root user: no network, nothing of the host but its kernel, a clean environment, and
 * addresses that are the same each time, for compilers leave them in what they write.
 * @throws TvmError `build_failed` when it fails or takes too long, `host_unready` without bubblewrap
 */
export async function runInTree(
  tree: string,
  command: readonly string[],
  options: SandboxOptions,
): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const environment = {
    PATH: `${COMMON_ENVIRONMENT['PATH']}:/usr/local/sbin:/usr/sbin:/sbin`,
    HOME: '/tmp',
    LANG: 'C.UTF-8',
    PYTHONHASHSEED: '0',
  };
  await runTool(
    [
      'sh',
      '-c',
      'exec "$@" 2>&1',
      'sh',
      ...((await canFixAddresses()) ? ['setarch', '--addr-no-randomize'] : []),
      'bwrap',
      ...[options.writable ? '--bind' : '--ro-bind', tree, '/'],
      ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
      '--unshare-all',
      // Root need not have user namespaces; where it has them they change nothing for it.
      ...(isRoot ? [] : ['--unshare-user', '--uid', '0', '--gid', '0']),
      // The tree may be anybody's: with root's capabilities it could make itself the device of the host's disk.
      ...['--cap-drop', 'ALL', '--die-with-parent', '--new-session', '--chdir', '/', '--clearenv'],
      ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
      '--',
      ...command,
    ],
    { signal: options.signal, stdoutFile: options.outputFile, timeoutMs: options.timeoutMs },
  );
}

let fixedAddresses: Promise<boolean> | undefined;

/** Containers may forbid it. */
async function canFixAddresses(): Promise<boolean> {
  fixedAddresses ??= runTool(['setarch', '--addr-no-randomize', 'true']).then(
    () => true,
    () => false,
  );
  return fixedAddresses;
}

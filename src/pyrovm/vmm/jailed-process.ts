import { TvmError } from '../../errors.ts';
import { BoundedTail } from '../../sys/bounded-tail.ts';
import { killProcessesByArgument } from '../../sys/process-table.ts';
import { firstWords, startProcess } from '../../sys/process.ts';
import type { ManagedProcess } from '../../sys/process.ts';
import { GATE_GO, GATE_READY } from './jail.ts';

/** How long a jail may take to be set up, in ms: some 10 ms, but for a host that stands still. */
const START_TIMEOUT_MS = 20_000;

/** How long a VM process whose start was aborted may live before it is killed by name, in ms. */
const START_EXIT_TIMEOUT_MS = 1000;

/** How long a VM process may outlive its jail before it is killed by name, in ms. */
const JAIL_EXIT_TIMEOUT_MS = 1000;

/** Bytes of what a VM process says on stderr before it starts that are kept for the log. */
const COMPLAINT_BYTES = 8192;

/** A VM process to be started. */
export interface JailedCommand {
  /** As a jail's `wrap` gives it. */
  readonly argv: readonly string[];
  /** An argument of it by which all its processes can be found. */
  readonly name: string;
  readonly vmId: string;
  /** Sockets that it inherits beside stdin, stdout and stderr. */
  readonly channelCount: number;
}

/**
 * Starts a jailed process and lets it through the gate; it returns when the jail is up and the command runs.
 * @throws TvmError `vm_failed` with the jail's complaint as context, also when the jail hangs; the signal's reason on abort.
 *   Nothing is left then.
 */
export async function startJailed(
  { argv, name, vmId, channelCount }: JailedCommand,
  signal: AbortSignal,
): Promise<ManagedProcess> {
  const child = await startProcess(argv, { channelCount });
  // Bubblewrap that is killed while it starts may leave a child that waits for ever. It ends at the gate that cannot
  // open any more; should it not get there, all of it is killed by name.
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.stdin.end();
    timer = setTimeout(() => {
      child.kill();
      killByName(name);
    }, START_EXIT_TIMEOUT_MS);
  };
  signal.addEventListener('abort', end, { once: true });
  const deadline = setTimeout(end, START_TIMEOUT_MS);
  // Node throws away what nobody reads of a child that has ended.
  const complaint = new BoundedTail(COMPLAINT_BYTES);
  const onComplaint = (chunk: Buffer): void => complaint.push(chunk);
  child.stderr.on('data', onComplaint);
  try {
    if (signal.aborted) end();
    const gateOpens = await firstWords(child, GATE_READY);
    signal.throwIfAborted();
    if (!gateOpens) {
      child.kill();
      await child.exited;
      const context = { vm_id: vmId, stderr: complaint.text().trim() };
      throw new TvmError('vm_failed', 'the VM process did not start', { context });
    }
    child.stdin.write(GATE_GO);
    return child;
  } catch (error) {
    child.kill();
    await child.exited;
    throw error;
  } finally {
    clearTimeout(deadline);
    clearTimeout(timer);
    child.stderr.off('data', onComplaint);
    signal.removeEventListener('abort', end);
  }
}

/** Kills a jailed process and waits until nothing of it is left. */
export async function endJailed(child: ManagedProcess, name: string): Promise<void> {
  child.kill();
  // The VM process dies with the jail's outer process, which was just killed. Should it not, it is found by its name.
  const timer = setTimeout(() => killByName(name), JAIL_EXIT_TIMEOUT_MS);
  await child.exited;
  clearTimeout(timer);
}

function killByName(name: string): void {
  killProcessesByArgument((argument) => argument === name).catch(() => {});
}

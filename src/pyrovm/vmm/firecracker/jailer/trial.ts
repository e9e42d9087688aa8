import { messageOf, TvmError } from '../../../../errors.ts';
import { runTool } from '../../../../sys/process.ts';
import { GATE_GO, GATE_READY } from '../../jail.ts';
import type { Wall } from '../wall.ts';

/** Memory that a control group for the trial allows, in MiB. */
const TRIAL_MEMORY_MB = 64;

const TRIAL_TIMEOUT_MS = 10_000;

/**
 * Has Firecracker say its version inside a wall: the proof that all the steps on the way there are allowed here.
 * @param name of the cell
 * @throws TvmError `host_unready` with what the wall complains of
 */
export async function tryWall(wall: Wall, name: string, signal: AbortSignal): Promise<void> {
  const cell = await wall.enclose({ name, files: {}, writableFiles: {}, memoryMb: TRIAL_MEMORY_MB });
  try {
    const [command = '', ...args] = cell.command(['--version']);
    const said = await runTool([command, ...args], { signal, timeoutMs: TRIAL_TIMEOUT_MS, input: GATE_GO });
    if (!said.startsWith(GATE_READY) || !/^Firecracker v/m.test(said)) {
      throw new TvmError('host_unready', 'Firecracker did not run in the jailer');
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new TvmError('host_unready', lastWords(messageOf(cause)), { cause });
  } finally {
    await cell.release();
  }
}

/** Of what a tool says when it fails, the line that says why. */
function lastWords(message: string): string {
  return message.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}

import type { Settings } from '../../config/schema.ts';
import { messageOf, TvmError } from '../../errors.ts';
import { runTool } from '../../sys/process.ts';
import { GATE_GO, makeJail } from './jail.ts';
import type { JailKind } from './jail.ts';
import type { QemuInstall } from './qemu/install.ts';

/**
 * Chooses the jail by running a command in it.
 * @returns its kind, and why bubblewrap is not the one, if it is not
 * @throws TvmError `host_unready` when none that is wanted works
 */
export async function selectJail(
  wanted: Settings['jail'],
  install: QemuInstall,
  root: boolean,
  signal: AbortSignal,
): Promise<{ jail: JailKind; reason: string | undefined }> {
  const works = async (kind: JailKind): Promise<string | undefined> => {
    const systemTree = install.kind === 'tree' ? install.root : undefined;
    // A program that is in every system tree, for dropping privileges needs it.
    const words = makeJail(kind, { systemTree, files: {}, root }).wrap(['setpriv', '--version']);
    const [command = '', ...rest] = words;
    try {
      await runTool([command, ...rest], { signal, timeoutMs: 10_000, input: GATE_GO });
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return messageOf(error);
    }
  };
  const bubblewrap = wanted === 'setpriv' ? 'switched off by the setting jail' : await works('bubblewrap');
  if (bubblewrap === undefined) return { jail: 'bubblewrap', reason: undefined };
  const setpriv = wanted === 'bubblewrap' ? 'switched off by the setting jail' : await works('setpriv');
  if (setpriv === undefined) return { jail: 'setpriv', reason: bubblewrap };
  throw new TvmError(
    'host_unready',
    `no jail for VM processes works here: bubblewrap: ${bubblewrap}; setpriv: ${setpriv}`,
  );
}

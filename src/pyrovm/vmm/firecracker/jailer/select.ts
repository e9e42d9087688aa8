import { realpath } from 'node:fs/promises';
import { uidRange } from '../../../../config/schema.ts';
import type { Settings } from '../../../../config/schema.ts';
import { messageOf, TvmError } from '../../../../errors.ts';
import { findControlGroups } from '../../../../sys/control-groups.ts';
import type { ControlGroups } from '../../../../sys/control-groups.ts';
import { findProgram } from '../../../../sys/process.ts';
import { instanceControlGroup, vmId } from '../../../instance.ts';
import type { Instance } from '../../../instance.ts';
import { firecrackerName } from '../command.ts';
import type { FirecrackerInstall } from '../version.ts';
import type { Wall } from '../wall.ts';
import { findJailer, jailerProgram } from './find.ts';
import { tryWall } from './trial.ts';
import { UserIds } from './uids.ts';
import { JailerWall } from './wall.ts';

export interface SelectJailerOptions {
  readonly settings: Pick<Settings, 'jail' | 'jailer_bin' | 'jailer_uids'>;
  readonly install: FirecrackerInstall;
  readonly instance: Instance;
  /** Where leases of user ids are written down. */
  readonly uidLeasesDir: string;
  readonly root: boolean;
  readonly signal: AbortSignal;
}

/**
 * Finds the jailer and tries it, with control groups where the host has any, else without.
 * @returns the wall, or why the jailer is not used; `broken` is one that should work here
 * @throws TvmError `host_unready` when the setting `jailer_bin` names one and it does not work
 */
export async function selectJailer(
  options: SelectJailerOptions,
): Promise<{ readonly wall: Wall } | { readonly reason: string; readonly broken: boolean }> {
  const { settings, install, signal } = options;
  try {
    return { wall: await workingJailer(options) };
  } catch (error) {
    signal.throwIfAborted();
    if (settings.jailer_bin !== 'auto') throw error;
    const isThere = (await findProgram(jailerProgram('auto', install))) !== undefined;
    return { reason: messageOf(error), broken: isThere && options.root && settings.jail === 'auto' };
  }
}

async function workingJailer(options: SelectJailerOptions): Promise<Wall> {
  const { settings, install, instance, uidLeasesDir, root, signal } = options;
  if (settings.jail !== 'auto') {
    throw new TvmError('host_unready', 'the jailer is switched off by the setting jail; set it to auto');
  }
  if (!root) throw new TvmError('host_unready', 'the jailer needs root; run TVM as root');
  const jailer = await findJailer(settings.jailer_bin, install, signal);
  const range = uidRange(settings.jailer_uids);
  if (!range) throw new TvmError('config_invalid', 'jailer_uids is no range of user ids');
  const common = {
    jailer,
    program: await realpath(install.binary),
    folder: instance.folder,
    uids: new UserIds({ ...range, folder: uidLeasesDir, owner: instance.id }),
    parentGroup: instanceControlGroup(instance),
  };
  const tried = async (controlGroups: ControlGroups | undefined): Promise<Wall> => {
    const wall = new JailerWall({ ...common, controlGroups });
    await tryWall(wall, firecrackerName(vmId(instance, 'jailer')), signal);
    return wall;
  };
  const controlGroups = await findControlGroups();
  if (!controlGroups) return tried(undefined);
  // In a container they can be shown and yet be refused: one that holds processes itself can have none with limits in it.
  return tried(controlGroups).catch(async (error: unknown) => {
    signal.throwIfAborted();
    return tried(undefined).catch(() => {
      throw error;
    });
  });
}

import { access, constants, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '../errors.ts';

const MOUNTS = '/proc/self/mounts';

/** Tries, and the pause between them in ms, to remove a group whose processes have just died. */
const [REMOVAL_TRIES, REMOVAL_PAUSE_MS] = [50, 10];

/** The hierarchy of control groups in which memory and number of processes can be bounded. */
export interface ControlGroups {
  readonly version: 1 | 2;
}

interface Mount {
  readonly folder: string;
  readonly version: 1 | 2;
  /** Of version 1 the controllers are among these. */
  readonly options: readonly string[];
}

/**
 * Finds control groups that this process may make and that bound memory and number of processes; version 2 before 1.
 * @returns undefined when there are none
 */
export async function findControlGroups(mountsFile = MOUNTS): Promise<ControlGroups | undefined> {
  const mounts = await controlGroupMounts(mountsFile);
  const unified = mounts.find(({ version }) => version === 2);
  if (unified && (await isWritable(unified))) {
    const controllers = await readFile(join(unified.folder, 'cgroup.controllers'), 'utf8').catch(() => '');
    const names = controllers.trim().split(' ');
    if (names.includes('memory') && names.includes('pids')) return { version: 2 };
  }
  const needed = ['memory', 'pids'].map((name) =>
    mounts.find(({ version, options }) => version === 1 && options.includes(name)),
  );
  const usable = await Promise.all(needed.map(async (mount) => mount !== undefined && isWritable(mount)));
  return usable.every(Boolean) ? { version: 1 } : undefined;
}

/** Removes the groups of this name, of all hierarchies, with the groups in them; their processes must have ended. */
export async function removeControlGroups(name: string, mountsFile = MOUNTS): Promise<void> {
  for (const { folder } of await controlGroupMounts(mountsFile)) {
    const group = join(folder, name);
    const entries = await readdir(group, { withFileTypes: true }).catch(() => undefined);
    if (!entries) continue;
    for (const entry of entries) if (entry.isDirectory()) await removeGroup(join(group, entry.name));
    await removeGroup(group);
  }
}

/** One that stays busy is left to the next sweep: it holds nothing but itself. */
async function removeGroup(folder: string): Promise<void> {
  for (let tries = 0; tries < REMOVAL_TRIES; tries++) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      if (errnoOf(error) !== 'EBUSY') return;
      await sleep(REMOVAL_PAUSE_MS);
    }
  }
}

async function controlGroupMounts(mountsFile: string): Promise<Mount[]> {
  const text = await readFile(mountsFile, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line): Mount[] => {
    const [, folder = '', type = '', options = ''] = line.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    return [{ folder, version: type === 'cgroup2' ? 2 : 1, options: options.split(',') }];
  });
}

async function isWritable({ folder, options }: Mount): Promise<boolean> {
  if (options.includes('ro')) return false;
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import { removeControlGroups } from '../sys/control-groups.ts';
import { releaseLeasesOf } from '../sys/leases.ts';
import { instanceFiles } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { identityOf, isAlive } from '../sys/process-identity.ts';
import { killProcessesByArgument } from '../sys/process-table.ts';
import { makeStagingFolder, STAGING_PREFIX, sweepStagingFolders } from '../sys/staging.ts';

const ownerSchema = z.strictObject({ pid: z.int().positive(), startTicks: z.string(), bootId: z.string() });

/** One living TVM process: its id is part of the name of every VM process that it starts. */
export interface Instance extends AsyncDisposable {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Private folder; removed with the instance. */
  readonly folder: string;
}

/** The name under which a VM process can be found in a process list. */
export function vmId(instance: Pick<Instance, 'id'>, requestId: string): string {
  return `${instance.id}-${requestId}`;
}

/** The control group in which those of an instance's VM processes are, if they have any. */
export function instanceControlGroup(instance: Pick<Instance, 'id'>): string {
  return `tvm-${instance.id}`;
}

/** Registers this process as an instance, so that a successor can tell its remains from a living one's. */
export async function registerInstance(paths: Paths): Promise<Instance> {
  const id = randomBytes(8).toString('hex');
  const folder = join(paths.instancesDir, id);
  // It appears with its owner in it: without one it would be swept.
  const staging = await makeStagingFolder(paths.instancesDir);
  await writeFile(instanceFiles(staging.path).owner, JSON.stringify(identityOf(process.pid)));
  await rename(staging.path, folder);
  return {
    id,
    folder,
    async [Symbol.asyncDispose]() {
      await removeRemains(paths, id);
    },
  };
}

/**
 * Removes what dead instances left: VM processes first, then their control groups, user ids and folders; and half-built
 * images whose builder is dead. Of mounts nothing is left: each VM has its own, which end with its processes. VM processes die with their owner by a parent-death signal; this is for what no signal reached.
 */
export async function sweepDeadInstances(paths: Paths, logger: Logger): Promise<void> {
  for (const folder of [
    paths.instancesDir,
    paths.cacheDir,
    paths.imagesDir,
    paths.initrdsDir,
    paths.templatesDir,
  ]) {
    await sweepStagingFolders(folder);
  }
  for (const id of await list(paths.instancesDir)) {
    const folder = join(paths.instancesDir, id);
    if (await ownerLives(folder)) continue;
    const killed = await killProcessesByArgument((argument) => argument.startsWith(`tvm-${id}-`));
    await removeRemains(paths, id);
    logger.info({ instance: id, killed_processes: killed }, 'swept a dead instance');
  }
}

/** What an instance has besides processes; its folder last, for the sweep finds the rest by it. */
async function removeRemains(paths: Paths, id: string): Promise<void> {
  await removeControlGroups(instanceControlGroup({ id }));
  await releaseLeasesOf(paths.uidLeasesDir, id);
  await rm(join(paths.instancesDir, id), { recursive: true, force: true });
}

async function ownerLives(folder: string): Promise<boolean> {
  try {
    return isAlive(ownerSchema.parse(JSON.parse(await readFile(instanceFiles(folder).owner, 'utf8'))));
  } catch {
    return false;
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith(STAGING_PREFIX));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

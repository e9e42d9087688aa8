import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlGroups } from '../../../../sys/control-groups.ts';
import { removeControlGroups } from '../../../../sys/control-groups.ts';
import { jailerRoot } from '../../../../sys/paths.ts';
import { makeVmFolder } from '../folder.ts';
import type { Cell, CellSpec, Wall } from '../wall.ts';
import { jailerCommand } from './command.ts';
import type { JailerMount } from './command.ts';
import type { UserIds } from './uids.ts';

export interface JailerWallOptions {
  /** The jailer program. */
  readonly jailer: string;
  /** The Firecracker program, without symbolic links: the jailer names its folder after it. */
  readonly program: string;
  /** Private folder of this process, in which the jails are made. */
  readonly folder: string;
  readonly uids: UserIds;
  /** Absent: the VM processes stay in the group of this process. */
  readonly controlGroups: ControlGroups | undefined;
  /** Name of the control group in which those of the VMs are made. */
  readonly parentGroup: string;
}

/**
 * Firecracker's own jailer, inside namespaces that end with this process: a root of its own, a user of its own for each VM,
 * a control group and limits of resources. It needs root.
 */
export class JailerWall implements Wall {
  readonly name: string;
  readonly #options: JailerWallOptions;

  constructor(options: JailerWallOptions) {
    this.#options = options;
    const { controlGroups } = options;
    this.name = controlGroups ? `jailer, cgroup v${controlGroups.version}` : 'jailer';
  }

  async enclose(cell: CellSpec): Promise<Cell> {
    const { jailer, program, uids, controlGroups, parentGroup } = this.#options;
    const uid = await uids.take();
    const undo = [async (): Promise<void> => uids.giveBack(uid)];
    try {
      const inner = jailerRoot(program, cell.name);
      const folder = await makeVmFolder(this.#options.folder, { inner });
      undo.unshift(async () => folder.remove());
      if (controlGroups) undo.unshift(async () => removeControlGroups(join(parentGroup, cell.name)));
      const mounts = await makeMountPoints(folder.path, cell);
      const baseFolder = folder.path.slice(0, -inner.length - 1);
      const options = { jailer, program, cell, uid, baseFolder, mounts, controlGroups, parentGroup };
      return {
        folder,
        // Its working directory is its root.
        pathOf: (name) => name,
        command: (args) => jailerCommand(options, args),
        release: async () => undoAll(undo),
      };
    } catch (error) {
      await undoAll(undo);
      throw error;
    }
  }
}

/** Empty files for the mounts to lie on. */
async function makeMountPoints(root: string, { files, writableFiles }: CellSpec): Promise<JailerMount[]> {
  const mounts = [
    ...Object.entries(files).map(([name, source]) => ({ name, source, writable: false })),
    ...Object.entries(writableFiles).map(([name, source]) => ({ name, source, writable: true })),
  ];
  return Promise.all(
    mounts.map(async ({ name, source, writable }) => {
      const target = join(root, name);
      await writeFile(target, '');
      return { source, target, writable };
    }),
  );
}

/** Each step once, in order. */
async function undoAll(steps: (() => Promise<void>)[]): Promise<void> {
  for (let step = steps.shift(); step; step = steps.shift()) await step();
}

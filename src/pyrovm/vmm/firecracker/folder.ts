import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { vmFolderPrefix } from '../../../sys/paths.ts';

/** The folder in which a Firecracker process makes its sockets. */
export interface VmFolder {
  readonly path: string;
  /** For paths that are short enough whatever the folder's is; valid until the folder is removed. */
  readonly descriptor: number;
  /**
   * Removes it with what is in it; any number of times. A process whose working directory it is can make no file any more,
   * and connections that were made stay.
   */
  remove(): Promise<void>;
}

/**
 * Makes a folder for one VM process inside a folder that is private to this process.
 * @param root whether this process is root: the VM process is another user then
 */
export async function makeVmFolder(parent: string, root: boolean): Promise<VmFolder> {
  const path = await mkdtemp(vmFolderPrefix(parent));
  // Nobody else gets through the parent.
  if (root) await chmod(path, 0o777);
  const handle = await open(path, 'r');
  let removal: Promise<unknown> | undefined;
  return {
    path,
    descriptor: handle.fd,
    async remove() {
      removal ??= Promise.all([rm(path, { recursive: true, force: true }), handle.close()]);
      await removal;
    },
  };
}

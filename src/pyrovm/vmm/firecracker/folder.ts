import { chmod, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
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

export interface VmFolderOptions {
  /** Whether any user may write to it, for the VM process is another one. */
  readonly open?: boolean;
  /** Path of the folder itself inside the one that is removed; by default that one. */
  readonly inner?: string;
}

/** Makes a folder for one VM process inside a folder that is private to this process, so that nobody else gets to it. */
export async function makeVmFolder(parent: string, options: VmFolderOptions = {}): Promise<VmFolder> {
  const outer = await mkdtemp(vmFolderPrefix(parent));
  const path = join(outer, options.inner ?? '');
  await mkdir(path, { recursive: true });
  if (options.open) await chmod(path, 0o777);
  const handle = await open(path, 'r');
  let removal: Promise<unknown> | undefined;
  return {
    path,
    descriptor: handle.fd,
    async remove() {
      removal ??= Promise.all([rm(outer, { recursive: true, force: true }), handle.close()]);
      await removal;
    },
  };
}

import type { JailFiles } from '../jail.ts';
import type { VmFolder } from './folder.ts';

/** What one Firecracker process shall see. */
export interface CellSpec {
  /** Firecracker's id of the VM, and the name by which its processes are found. */
  readonly name: string;
  /** Files that it may read. */
  readonly files: JailFiles;
  /** Files that it may also write to; only for machines that no stranger's code ever runs in. */
  readonly writableFiles: JailFiles;
  /** Memory of the guest, in MiB. */
  readonly memoryMb: number;
}

/** The place of one Firecracker process. */
export interface Cell {
  /** Its working directory, in which it makes its sockets. */
  readonly folder: VmFolder;
  /** Path under which it sees a file of its spec. */
  pathOf(name: string): string;
  /** The command line that starts Firecracker in it, to be let through a gate as that of a jail. */
  command(args: readonly string[]): readonly string[];
  /** Removes the place; its processes must have ended. Any number of times. */
  release(): Promise<void>;
}

/** What walls Firecracker processes in. */
export interface Wall {
  /** In words. */
  readonly name: string;
  /** Makes the place of one. @throws TvmError `host_unready` when the host has none left */
  enclose(spec: CellSpec): Promise<Cell>;
}

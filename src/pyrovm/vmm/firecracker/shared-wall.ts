import { makeJail } from '../jail.ts';
import type { JailKind } from '../jail.ts';
import type { KvmAccess } from '../kvm.ts';
import { makeVmFolder } from './folder.ts';
import type { Cell, CellSpec, Wall } from './wall.ts';

export interface SharedWallOptions {
  readonly jail: JailKind;
  /** The Firecracker program. */
  readonly program: string;
  /** File tree that the process sees as its system; by default the host's. */
  readonly systemTree?: string | undefined;
  readonly kvm: KvmAccess;
  /** Private folder of this process, for the sockets. */
  readonly folder: string;
  /** Whether this process is root. */
  readonly root: boolean;
}

/** The jail that QEMU has, too. */
export class SharedWall implements Wall {
  readonly name: string;
  readonly #options: SharedWallOptions;

  constructor(options: SharedWallOptions) {
    this.#options = options;
    this.name = options.jail;
  }

  async enclose({ name, files, writableFiles }: CellSpec): Promise<Cell> {
    const { jail: kind, program, systemTree, kvm, root } = this.#options;
    const folder = await makeVmFolder(this.#options.folder, { open: root });
    const jail = makeJail(kind, {
      systemTree,
      files: { firecracker: program, ...files },
      writableFiles,
      folder: folder.path,
      kvm,
      root,
    });
    return {
      folder,
      pathOf: (file) => jail.pathOf(file),
      command: (args) => jail.wrap([jail.pathOf('firecracker'), '--id', name, ...args]),
      release: async () => folder.remove(),
    };
  }
}

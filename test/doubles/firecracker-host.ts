import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../src/observability/log.ts';
import type { Snapshot, VmSpec } from '../../src/pyrovm/vmm/driver.ts';
import { FirecrackerDriver } from '../../src/pyrovm/vmm/firecracker/driver.ts';
import { UserIds } from '../../src/pyrovm/vmm/firecracker/jailer/uids.ts';
import { JailerWall } from '../../src/pyrovm/vmm/firecracker/jailer/wall.ts';
import { SharedWall } from '../../src/pyrovm/vmm/firecracker/shared-wall.ts';
import { GATE_GO, makeJail } from '../../src/pyrovm/vmm/jail.ts';
import type { JailKind } from '../../src/pyrovm/vmm/jail.ts';
import type { FirecrackerDoubleOptions } from './firecracker-api.ts';
import { writeFirecrackerDouble, writeJailerDouble } from './firecracker-program.ts';
import type { JailerDoubleOptions } from './jailer.ts';

const root = process.getuid?.() === 0;

/** The jails in which the double can run here. */
export const DOUBLE_JAILS = (['bubblewrap', 'setpriv'] as const).filter((kind) => {
  const [command = '', ...args] = makeJail(kind, { files: {}, root }).wrap([process.execPath, '--version']);
  return spawnSync(command, args, { input: GATE_GO }).status === 0;
});

type DoubleWall = JailKind | 'jailer';

/** Whether this process may make namespaces and mounts in them, as the jailer's wall does. */
function canMakeJails(): boolean {
  const namespaces = ['--mount', '--net', '--pid', '--ipc', '--uts', '--mount-proc', '--fork'];
  return root && spawnSync('unshare', [...namespaces, 'mount', '--bind', '/dev', '/dev']).status === 0;
}

/** All that the double of Firecracker can run behind here. */
export const DOUBLE_WALLS: readonly DoubleWall[] = [
  ...DOUBLE_JAILS,
  ...(canMakeJails() ? (['jailer'] as const) : []),
];
if (!DOUBLE_WALLS.includes('jailer'))
  process.stderr.write("the jailer's wall is not tested here: only root that may mount can build it\n");

/** A host with doubles of Firecracker; everything lies in a folder that vanishes with it. */
export class FirecrackerHost implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'tvm-firecracker-'));
  /** The private folder of the TVM process. */
  readonly instance: string;
  /** Where leases of user ids are. */
  readonly uids = join(this.path, 'uids');

  /** @param name of the folder of the TVM process */
  constructor(name = 'instance') {
    this.instance = join(this.path, name);
    // In the jail setpriv another user goes by the paths themselves.
    chmodSync(this.path, 0o755);
    mkdirSync(this.instance, { mode: 0o700 });
  }

  async driver(
    jail: DoubleWall,
    logger: Logger,
    options: FirecrackerDoubleOptions,
  ): Promise<FirecrackerDriver> {
    const program = await writeFirecrackerDouble(this.path, options);
    const wall =
      jail === 'jailer' ? await this.jailerWall(program, options.version) : this.#sharedWall(jail, program);
    const install = { binary: program, version: options.version };
    return new FirecrackerDriver({ install, wall, logger });
  }

  /** A wall of the double of the jailer. */
  async jailerWall(
    program: string,
    version: string,
    options: Partial<JailerDoubleOptions> = {},
  ): Promise<JailerWall> {
    return new JailerWall({
      jailer: await writeJailerDouble(this.path, { version, ...options }),
      program,
      folder: this.instance,
      uids: new UserIds({ first: 20_000, last: 20_003, folder: this.uids, owner: 'a' }),
      controlGroups: undefined,
      parentGroup: 'tvm-double',
    });
  }

  #sharedWall(jail: JailKind, program: string): SharedWall {
    // The double needs no KVM.
    const kvm = { device: '/dev/null', groupId: 0 };
    return new SharedWall({ jail, program, kvm, folder: this.instance, root });
  }

  /** Something to boot from, which the double only looks at. */
  artefacts(): Pick<VmSpec, 'boot' | 'rootfs'> {
    const [kernel = '', initrd = '', rootfs] = ['kernel', 'initrd', 'rootfs'].map((name) =>
      this.file(name, 0o644),
    );
    return { boot: { kernel, initrd }, rootfs };
  }

  /** Files for a template. */
  snapshot(): Snapshot {
    return { memory: this.file('memory', 0o666), state: this.file('state', 0o666) };
  }

  file(name: string, mode: number): string {
    const path = join(this.path, name);
    writeFileSync(path, '');
    chmodSync(path, mode);
    return path;
  }

  /** What VM processes have left in the private folder. */
  leftovers(): string[] {
    return [...readdirSync(this.instance), ...(existsSync(this.uids) ? readdirSync(this.uids) : [])];
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

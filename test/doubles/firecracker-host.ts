import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../src/observability/log.ts';
import type { Snapshot, VmSpec } from '../../src/pyrovm/vmm/driver.ts';
import { FirecrackerDriver } from '../../src/pyrovm/vmm/firecracker/driver.ts';
import { GATE_GO, makeJail } from '../../src/pyrovm/vmm/jail.ts';
import type { JailKind } from '../../src/pyrovm/vmm/jail.ts';
import type { FirecrackerDoubleOptions } from './firecracker-api.ts';
import { writeFirecrackerDouble } from './firecracker-program.ts';

const root = process.getuid?.() === 0;

/** The jails in which the double can run here. */
export const DOUBLE_JAILS = (['bubblewrap', 'setpriv'] as const).filter((kind) => {
  const [command = '', ...args] = makeJail(kind, { files: {}, root }).wrap([process.execPath, '--version']);
  return spawnSync(command, args, { input: GATE_GO }).status === 0;
});

/** A host with doubles of Firecracker; everything lies in a folder that vanishes with it. */
export class FirecrackerHost implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'tvm-firecracker-'));
  /** The private folder of the TVM process. */
  readonly instance: string;

  /** @param name of the folder of the TVM process */
  constructor(name = 'instance') {
    this.instance = join(this.path, name);
    // In the jail setpriv another user goes by the paths themselves.
    chmodSync(this.path, 0o755);
    mkdirSync(this.instance, { mode: 0o700 });
  }

  async driver(
    jail: JailKind,
    logger: Logger,
    options: FirecrackerDoubleOptions,
  ): Promise<FirecrackerDriver> {
    const binary = await writeFirecrackerDouble(this.path, options);
    // The double needs no KVM.
    const kvm = { device: '/dev/null', groupId: 0 };
    return new FirecrackerDriver({
      install: { binary, version: options.version },
      jail,
      kvm,
      folder: this.instance,
      logger,
    });
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
    return readdirSync(this.instance);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

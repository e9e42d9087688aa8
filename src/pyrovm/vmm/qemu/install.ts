import { join } from 'node:path';
import type { Config } from '../../../config/load.ts';
import { hostArchitecture } from '../../../images/architecture.ts';
import type { Architecture } from '../../../images/architecture.ts';
import type { BuildOptions } from '../../../images/build-options.ts';
import { ensureQemuTree } from '../../../images/qemu-tree.ts';
import type { JailKind } from '../jail.ts';

/** Where a QEMU program is: the host's, or a file tree of its own with all its libraries. */
export type QemuInstall =
  | { readonly kind: 'host'; readonly binary: string }
  | { readonly kind: 'tree'; readonly root: string };

/** The words that start QEMU. Inside bubblewrap a tree is the whole system; elsewhere its loader must be told where it is. */
export function qemuCommand(
  install: QemuInstall,
  view: JailKind | 'none',
  { qemu }: Pick<Architecture, 'qemu'> = hostArchitecture(),
): readonly string[] {
  if (install.kind === 'host') return [install.binary];
  if (view === 'bubblewrap') return [qemu.program];
  const { root } = install;
  return [
    join(root, qemu.loader),
    '--library-path',
    join(root, qemu.libraries),
    join(root, 'usr/bin', qemu.program),
    ...qemu.data.flatMap((folder) => ['-L', join(root, folder)]),
  ];
}

/** The QEMU that the settings ask for; TVM's own is unpacked first if it is not in the cache. */
export async function ensureQemuInstall(
  { settings, paths }: Config,
  options: BuildOptions,
): Promise<QemuInstall> {
  if (settings.qemu_bin !== 'auto') return { kind: 'host', binary: settings.qemu_bin };
  return { kind: 'tree', root: await ensureQemuTree(paths, options) };
}

import { kernelFiles } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import type { BuildOptions } from './build-options.ts';
import { ensureInitrd } from './initrd.ts';
import { ensureKernel } from './kernel.ts';

/** Paths of what every microVM boots from, and a name that changes when any of it does. */
export interface BootArtefactFiles {
  readonly kernel: string;
  readonly initrd: string;
}

/** Makes kernel and initial RAM file system unless they are in the cache. */
export async function ensureBootArtefacts(paths: Paths, options: BuildOptions): Promise<BootArtefactFiles> {
  const kernel = await ensureKernel(paths, options);
  return {
    kernel: kernelFiles(kernel.folder).vmlinux,
    initrd: await ensureInitrd(paths, kernel, options),
  };
}

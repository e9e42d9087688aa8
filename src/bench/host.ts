import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { cachedKernel } from '../images/kernel.ts';
import type { Paths } from '../sys/paths.ts';
import type { Target } from './target.ts';

/** Where the benchmark ran. */
export interface HostDescription {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly vmm: string;
  /** `own` is what `tvm kernel build` makes. */
  readonly guestKernel: { readonly flavour: 'own' | 'debian'; readonly release: string } | undefined;
}

export async function describeHost(paths: Paths, { engine }: Target): Promise<HostDescription> {
  const state = engine.state();
  const kernel = await cachedKernel(paths);
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: availableParallelism(),
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    vmm:
      state.state === 'ready'
        ? `${state.info.name} ${state.info.version}, ${state.info.accelerator}, ${state.info.jail}`
        : 'unknown',
    guestKernel: kernel && { flavour: kernel.flavour, release: kernel.release },
  };
}

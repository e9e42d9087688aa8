import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOfVm } from './memory.ts';
import type { Memory } from './memory.ts';
import { median } from './quantiles.ts';
import { SLEEP_MS } from './programs.ts';
import type { Target } from './target.ts';

/** Medians over clones. */
export interface CloneMemory extends Memory {
  /** Clones that were measured. */
  readonly samples: number;
  /** Clones that lived then. They share the template's pages, so the more there are, the less counts for each. */
  readonly clones: number;
}

/** How long a sleeping program is given to start. */
const START_MS = 1500;

/** Memory of the clones that wait, with nothing else running. @param target with a settled pool */
export async function measureIdleClones(target: Target): Promise<CloneMemory | undefined> {
  const ids = target.waiting().map(({ id }) => id);
  return medianMemory(await Promise.all(ids.map(async (id) => memoryOfVm(id))), ids.length);
}

/** Memory of clones in which a program sleeps that allocates nothing, one after the other. */
export async function measureBusyClones(
  target: Target,
  samples: number,
  signal: AbortSignal,
): Promise<CloneMemory | undefined> {
  const found: (Memory | undefined)[] = [];
  let clones = 0;
  for (let sample = 0; sample < samples; sample += 1) {
    await target.settled();
    // Going away as a client does ends the program.
    const leave = new AbortController();
    const startedAt = performance.now();
    const left = target.run('sleeper', AbortSignal.any([signal, leave.signal])).catch(() => {});
    try {
      await sleep(START_MS, undefined, { signal });
      await target.settled();
      const [active] = target.engine.pools().active_vms;
      clones = target.waiting().length + 1;
      const memory = active && (await memoryOfVm(active.id));
      found.push(performance.now() - startedAt < SLEEP_MS ? memory : undefined);
    } finally {
      leave.abort();
      await left;
    }
    while (target.engine.pools().active_vms.length > 0) await sleep(10, undefined, { signal });
  }
  return medianMemory(found, clones);
}

function medianMemory(found: readonly (Memory | undefined)[], clones: number): CloneMemory | undefined {
  const known = found.filter((memory) => memory !== undefined);
  if (known.length === 0) return undefined;
  return {
    pss: median(known.map(({ pss }) => pss)),
    own: median(known.map(({ own }) => own)),
    samples: known.length,
    clones,
  };
}

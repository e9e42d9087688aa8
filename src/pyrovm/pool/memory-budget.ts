import type { MemoryRoom } from '../../sys/memory-pressure.ts';

/**
 * What a clone that waits costs beside the pages it shares with its template, in MiB: its QEMU and what its guest and
 * the warmed-up interpreter wrote. An expectation; `docs/SPECIFICATION.md` has the promise.
 */
export const CLONE_MB = 70;

/** Share of the memory that stays free for everyone else; below half of it clones that wait are destroyed. */
const RESERVE = 0.15;

/** Share of the memory that clones may take while they wait. */
const POOL_SHARE = 0.25;

export interface MemoryVerdict {
  /** Whether one more clone fits above the reserve. Between this and `mustShrink` nothing happens, so nothing swings. */
  readonly mayGrow: boolean;
  readonly mustShrink: boolean;
  /** Clones that may wait, over all shapes. */
  readonly most: number;
}

export function judgeMemory({ totalMb, availableMb }: MemoryRoom): MemoryVerdict {
  const reserveMb = RESERVE * totalMb;
  return {
    mayGrow: availableMb - CLONE_MB >= reserveMb,
    mustShrink: availableMb < reserveMb / 2,
    most: Math.floor((POOL_SHARE * totalMb) / CLONE_MB),
  };
}

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLONE_MB, judgeMemory } from './memory-budget.ts';

it('what waits takes a quarter of the memory at most', () => {
  expect(judgeMemory({ totalMb: 8192, availableMb: 8000 }).most).toBe(29);
  expect(judgeMemory({ totalMb: 256, availableMb: 200 }).most).toBe(0);
});

it('one more never brings the memory to where one must go', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (totalMb, share) => {
        const availableMb = share * totalMb;
        const before = judgeMemory({ totalMb, availableMb });
        expect(before.mayGrow && before.mustShrink).toBe(false);
        const after = judgeMemory({ totalMb, availableMb: availableMb - CLONE_MB });
        expect(before.mayGrow && after.mustShrink).toBe(false);
      },
    ),
  );
});

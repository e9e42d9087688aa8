import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRuntimeId, RUNTIMES } from '../../runtimes/catalogue.ts';
import { DEFAULT_LIMITS } from '../../runtimes/limits.ts';
import { shapeName, shapeOf } from './shape.ts';

const python = parseRuntimeId('python@3.11');
const runtime = fc.constantFrom(...RUNTIMES);
const runtimeIds = fc.constantFrom(...RUNTIMES.map(({ id }) => id));
const limits = fc.record({
  timeoutMs: fc.integer({ min: 1, max: 60_000 }),
  memoryMb: fc.integer({ min: 16, max: 4096 }),
  cpuCount: fc.integer({ min: 1, max: 16 }),
});

describe('the shape of a request’s machine', () => {
  it.each([
    [16, 128],
    [128, 128],
    [129, 256],
    [256, 256],
    [1000, 1024],
    [2048, 2048],
    [2049, 2049],
  ])('for %i MiB has %i', (memoryMb, size) => {
    expect(shapeOf(python, { ...DEFAULT_LIMITS, memoryMb, cpuCount: 2 })).toEqual({
      runtime: 'python@3.11',
      memoryMb: size,
      cpuCount: 2,
    });
  });

  it('is never smaller than the request, and asking for all of it gives the same', () => {
    fc.assert(
      fc.property(runtime, limits, (some, wanted) => {
        const shape = shapeOf(some, wanted);
        expect(shape.memoryMb).toBeGreaterThanOrEqual(wanted.memoryMb);
        expect(shape).toMatchObject({ runtime: some.id, cpuCount: wanted.cpuCount });
        expect(shapeOf(some, { ...wanted, memoryMb: shape.memoryMb })).toEqual(shape);
      }),
    );
  });

  it('does not depend on the time limit', () => {
    fc.assert(
      fc.property(runtime, limits, fc.nat(), (some, wanted, timeoutMs) => {
        expect(shapeOf(some, { ...wanted, timeoutMs })).toEqual(shapeOf(some, wanted));
      }),
    );
  });

  it('has room for the compiler', () => {
    for (const some of RUNTIMES) {
      const compiler = some.commands.compile?.limits.memoryMb ?? 0;
      expect(shapeOf(some, { ...DEFAULT_LIMITS, memoryMb: 16 }).memoryMb).toBeGreaterThanOrEqual(compiler);
    }
  });

  it('is one of few, up to the largest class', () => {
    const sizes = Array.from(
      { length: 2048 },
      (_, index) => shapeOf(python, { ...DEFAULT_LIMITS, memoryMb: index + 1 }).memoryMb,
    );
    expect([...new Set(sizes)]).toEqual([128, 256, 512, 1024, 2048]);
  });
});

describe('the name of a shape', () => {
  it('is that of the runtime and the sizes', () => {
    expect(shapeName({ runtime: 'python@3.11', memoryMb: 128, cpuCount: 1 })).toBe('python@3.11-128m-1c');
  });

  it('is the same for equal shapes alone, fit for a folder, and begins no other name that goes on with a hyphen', () => {
    const shape = fc.record({
      runtime: runtimeIds,
      memoryMb: fc.integer({ min: 1, max: 9999 }),
      cpuCount: fc.nat(99),
    });
    fc.assert(
      fc.property(shape, shape, (one, other) => {
        const equal = JSON.stringify(one) === JSON.stringify(other);
        expect(shapeName(one) === shapeName(other)).toBe(equal);
        expect(shapeName(one)).toMatch(/^[\w@.+#-]+$/);
        // Old templates of a shape are found by this prefix.
        expect(`${shapeName(one)}-0123`.startsWith(`${shapeName(other)}-`)).toBe(equal);
      }),
    );
  });
});

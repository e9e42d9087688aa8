import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './limits.ts';
import { heapMb, java } from './java.ts';

const limits = { ...DEFAULT_LIMITS };

function flags(changed: Partial<typeof limits> = {}): readonly string[] {
  return java.run({ ...limits, ...changed });
}

describe('the heap of a Java program', () => {
  it('leaves room beside it, and is never so small that the JVM does not start', () => {
    expect(heapMb(128)).toBe(80);
    expect(heapMb(2048)).toBeGreaterThan(1800);
    for (const memoryMb of [64, 128, 256, 512, 1024, 2048]) {
      expect(memoryMb - heapMb(memoryMb)).toBeGreaterThanOrEqual(40);
      expect(flags({ memoryMb })).toContain(`-Xmx${heapMb(memoryMb)}m`);
    }
    expect(heapMb(16)).toBe(8);
  });
});

describe('the flags of a Java program', () => {
  it('leave the optimising compiler to programs that may run long or have processors for it', () => {
    const first = '-XX:TieredStopAtLevel=1';
    expect(flags()).toContain(first);
    expect(flags({ timeoutMs: 60_000 })).not.toContain(first);
    expect(flags({ cpuCount: 2 })).not.toContain(first);
  });

  it('are those of its version: an old JVM refuses options that it does not know', () => {
    const fixed = '-XX:ArchiveRelocationMode=0';
    const know = (
      list: (command: (typeof java.versions)[number]) => readonly string[] | undefined,
    ): string[] => java.versions.filter((one) => list(one)?.includes(fixed)).map(({ version }) => version);
    expect(know(({ run }) => run?.(limits))).toEqual(['17', '21', '25']);
    expect(know(({ compile }) => compile?.command)).toEqual(['17', '21', '25']);
  });

  it('end with the main class, so that what follows are arguments of the program', () => {
    for (const { run } of java.versions) expect(run?.(limits).at(-1)).toBe('@.tvm-launch');
  });
});

describe('the image of a Java version', () => {
  it('holds what its steps and its compiler need', () => {
    for (const { image } of java.versions) {
      const files = Object.keys(image?.files ?? {});
      expect(files).toContain('/usr/local/lib/tvm/java/ResidentCompiler.java');
      expect(files.filter((file) => file.includes('/samples/')).length).toBeGreaterThan(0);
      expect(image?.steps?.flat().some((word) => files.includes(word))).toBe(true);
    }
    expect(existsSync(new URL('../../toolchain/java/prepare.sh', import.meta.url))).toBe(true);
  });
});

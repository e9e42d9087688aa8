import { describe, expect, it } from 'vitest';
import { findArchitecture, hostArchitecture } from './architecture.ts';

describe('the processor architectures', () => {
  it.each([
    ['x64', { debian: 'amd64', machine: 'x86_64' }],
    ['arm64', { debian: 'arm64', machine: 'aarch64' }],
  ] as const)('hold %s', (name, known) => {
    expect(hostArchitecture(name)).toMatchObject(known);
    expect(findArchitecture(name)).toBe(hostArchitecture(name));
  });

  it('hold the one that this runs on', () => {
    expect(hostArchitecture()).toBe(hostArchitecture(process.arch));
  });

  it('hold no other, and name those that they hold', () => {
    expect(findArchitecture('riscv64')).toBeUndefined();
    expect(() => hostArchitecture('riscv64')).toThrow(
      'processor architecture riscv64 is not supported; TVM needs x64 or arm64',
    );
  });
});

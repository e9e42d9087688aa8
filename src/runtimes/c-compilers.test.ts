import { describe, expect, it } from 'vitest';
import { c } from './c.ts';
import { cpp } from './cpp.ts';

describe.each([c, cpp])('versions of $name', ({ id, fileName, versions, waiting, compile }) => {
  it('end with a gcc, which is the default', () => {
    expect(versions.at(-1)?.version).toMatch(/^gcc/);
    expect(new Set(versions.map(({ version }) => version)).size).toBe(versions.length);
  });

  it('wait where the compiler opens the source', () => {
    expect(waiting?.gate).toBe(fileName);
  });

  it('are prepared for the file that is compiled, by a compiler that the image holds and the probe runs', () => {
    for (const { version, image } of versions) {
      const [shell, script, source, compiler = ''] = image?.steps?.[0] ?? [];
      expect([shell, source]).toEqual(['sh', fileName]);
      expect(image?.files).toHaveProperty([script ?? '']);
      expect(compiler.replace(/\+\+|-/g, '').replace(/^g(?=\d)/, 'gcc')).toBe(version);
      expect(image?.probe.command.at(-1)).toContain(`${compiler} --version`);
      expect(image?.probe.command.at(-1)).toContain(compile?.command.join(' '));
    }
  });

  it('have precompiled headers where the compiler finds them by itself', () => {
    for (const { version, image } of versions) {
      const headers = image?.steps?.[0]?.slice(6) ?? [];
      expect(headers.includes('iostream')).toBe(id === 'cpp' && version.startsWith('gcc'));
    }
  });
});

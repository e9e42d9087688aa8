import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/nested/level1.nested.ts'],
    // The machine dies with the thread that started it, so that is a process.
    pool: 'forks',
    reporters: ['default', './test/closing-line.ts'],
  },
});

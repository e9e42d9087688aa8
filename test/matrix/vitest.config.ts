import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/matrix/runtimes.matrix.ts'],
    testTimeout: 240_000,
    maxConcurrency: 2,
    reporters: ['default', './test/closing-line.ts'],
  },
});

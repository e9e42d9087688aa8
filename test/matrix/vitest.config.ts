import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The guides have examples in every language.
    include: ['test/matrix/runtimes.matrix.ts', 'test/integration/guides.test.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    // As of all tests of real machines: see the vitest.config.ts of the project.
    retry: 1,
    // A program has the host for itself, but for the pool: an emulated compiler is slow enough.
    maxConcurrency: 1,
    reporters: ['verbose', './test/closing-line.ts'],
  },
});

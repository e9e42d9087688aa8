import { defineConfig } from 'vitest/config';

// oxlint-disable-next-line import/no-default-export -- vitest loads its configuration by its default export
export default defineConfig({
  test: {
    include: ['test/matrix/runtimes.matrix.ts'],
    testTimeout: 120_000,
    reporters: ['default', './test/closing-line.ts'],
  },
});

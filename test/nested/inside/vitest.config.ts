import { defineConfig } from 'vitest/config';

// oxlint-disable-next-line import/no-default-export -- vitest loads its configuration by its default export
export default defineConfig({
  test: {
    root: '/tvm',
    include: ['test/nested/inside/suites.nested.ts'],
    // A processor that is emulated, in a guest that is emulated.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    // Parent-death signals follow the thread that forks, so no threads.
    pool: 'forks',
    reporters: ['verbose', './test/nested/inside/reporter.ts'],
  },
});

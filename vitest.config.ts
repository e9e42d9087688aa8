import { configDefaults, defineConfig } from 'vitest/config';

/** Tests of real machines only. */
const MACHINES = ['test/{contract,integration}/**/*.test.ts'];

export default defineConfig({
  test: {
    // Real microVMs under emulation take seconds each, and more on a loaded machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
    reporters: ['default', './test/closing-line.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'code',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...MACHINES],
        },
      },
      // An emulated machine on a host that others use is late now and then. Who passed at the second try is named at the end.
      { extends: true, test: { name: 'machines', include: MACHINES, retry: 1 } },
    ],
  },
});

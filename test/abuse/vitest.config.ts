import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/abuse/abuse.hostile.ts'],
    testTimeout: 240_000,
    reporters: ['default', './test/closing-line.ts'],
  },
});

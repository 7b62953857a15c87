import { defineConfig } from 'vitest/config';

/** What others install, tried as they would: slower than a test of the working copy, and run by itself. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.slow.ts'],
    environment: 'node',
    retry: 0,
    allowOnly: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

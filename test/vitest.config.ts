import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    environment: 'node',
    globalSetup: ['bundle-once.ts'],
    retry: 0,
    allowOnly: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One more than the cores: the flows wait more than they work.
    maxWorkers: 3,
  },
});

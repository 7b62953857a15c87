import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.browser.ts'],
    environment: 'node',
    globalSetup: [join(import.meta.dirname, '../bundle-once.ts')],
    retry: 0,
    allowOnly: false,
    // They wait more than they work.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});

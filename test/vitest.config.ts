import { defineConfig } from 'vitest/config';
import { LongestFirst } from './longest-first.ts';

/** What replaces a module that others use needs a process of its own. */
const alone = ['infra/cloud/bundle.test.ts'];

export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: 'node',
    globalSetup: ['bundle-once.ts'],
    retry: 0,
    allowOnly: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongestFirst },
    // One more than the cores: the flows wait more than they work.
    maxWorkers: 3,
    projects: [
      // A worker reads the libraries once, not once for each file.
      {
        extends: true,
        test: {
          name: 'together',
          include: ['**/*.test.ts'],
          exclude: [...alone, '**/node_modules/**'],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: alone, isolate: true } },
    ],
  },
});

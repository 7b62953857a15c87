import type { Suite } from './suite.ts';
import type { Registry } from './suites.ts';

/** Suites that are made up, for the tests of the runner. */

const suite = (name: string, prove: Suite['prove']): Suite => ({
  name,
  claim: `The suite ${name} is made up.`,
  zero: ['nothing'],
  prove,
});

export const suites: Registry = {
  passes: async () =>
    suite('passes', async ({ seed, size, progress }) => {
      progress(1, 2);
      return {
        counts: { drawn: (seed * 48_271) % 2_147_483_647, size: size === 'full' ? 2 : 1 },
        violations: [],
      };
    }),
  breaks: async () =>
    suite('breaks', async ({ seed }) => ({ counts: { runs: 1 }, violations: [`broken with seed ${seed}`] })),
  throws: async () =>
    suite('throws', async () => {
      throw new Error('a defect of the suite');
    }),
  dies: async () =>
    suite('dies', async () => {
      process.stderr.write('out of memory\n');
      process.exit(3);
    }),
  peer: async () => suite('peer', async () => ({ counts: { compared: 1 }, violations: [] })),
};

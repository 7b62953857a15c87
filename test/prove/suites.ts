import type { Suite } from './suite.ts';

/** Where a suite is, by its name: loaded only by the process that runs it. */
export type Registry = Readonly<Record<string, () => Promise<Suite>>>;

/** Every suite of `npm run prove`, in the order they begin: the longest first. */
export const suites: Registry = {
  mutants: async () => (await import('./mutants/suite.ts')).mutants,
  model: async () => (await import('./model/suite.ts')).model,
};

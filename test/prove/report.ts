import * as z from 'zod';

/** What one suite did. */
export const resultSchema = z.strictObject({
  name: z.string(),
  claim: z.string(),
  counts: z.record(z.string(), z.number()),
  seconds: z.number().nonnegative(),
  violations: z.array(z.string()),
  /** Besides, for people: which test saw which error, and so on. */
  notes: z.array(z.string()),
  /** What is claimed to be zero, and was where there are no violations. */
  zero: z.array(z.string()),
});
export type Result = z.infer<typeof resultSchema>;

/** One run of the proof: what the documents' figures are read from. */
export const reportSchema = z.strictObject({
  size: z.enum(['quick', 'full']),
  seed: z.int(),
  /** What was proven; `+` where the tree had changes that are not committed. */
  commit: z.string(),
  node: z.string(),
  cpus: z.int().positive(),
  seconds: z.number().nonnegative(),
  suites: z.array(resultSchema),
});
export type Report = z.infer<typeof reportSchema>;

export const violationsIn = ({ suites }: Report): number =>
  suites.reduce((sum, { violations }) => sum + violations.length, 0);

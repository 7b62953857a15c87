import * as z from 'zod';

/** What one part of the bench measured, and where. */
export const partReportSchema = z.strictObject({
  claim: z.string(),
  seed: z.int(),
  /** What was measured; `+` where the tree had changes that are not committed. */
  commit: z.string(),
  /** The day, UTC. */
  day: z.string(),
  node: z.string(),
  machine: z.string(),
  seconds: z.number().nonnegative(),
  counts: z.record(z.string(), z.number()),
  notes: z.array(z.string()),
});
export type PartReport = z.infer<typeof partReportSchema>;

/** `test/reports/bench.json`: each part as it was measured last at its whole size. */
export const benchReportSchema = z.strictObject({ parts: z.record(z.string(), partReportSchema) });
export type BenchReport = z.infer<typeof benchReportSchema>;

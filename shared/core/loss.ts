import * as z from 'zod';
import type { Job } from './job-record.ts';

/** Something was sent for it, and the job ended without what it was sent for (safety.md §1.6). */
export const lossSchema = z.strictObject({
  jobId: z.string(),
  payTo: z.string(),
  /** When the job ended, Unix milliseconds. */
  at: z.int(),
});
export type Loss = z.infer<typeof lossSchema>;

/** What a job's write tells of losses: the end that is one, once. */
export function lossOf(before: Job, after: Job): Loss | undefined {
  if (before.end || !after.end || after.purchase?.firstSentAt === undefined) return undefined;
  if (after.status !== 'undelivered' && after.status !== 'unresolved') return undefined;
  return { jobId: after.jobId, payTo: after.purchase.payTo.toLowerCase(), at: after.end.at };
}

export const breakerMilliseconds = 3_600_000;

/**
 * Payees whose losses of the last hour are too many: nothing more is signed for them until an operator says so.
 * @param resumedAt when an operator last allowed a payee again: what was lost before does not count a second time
 */
export function payeesToStop(
  losses: readonly Loss[],
  mostPerHour: number,
  resumedAt: (payTo: string) => number,
  now: number,
): readonly string[] {
  const recent = losses.filter(({ at, payTo }) => at > Math.max(now - breakerMilliseconds, resumedAt(payTo)));
  return [...Map.groupBy(recent, ({ payTo }) => payTo)]
    .filter(([, lost]) => lost.length >= mostPerHour)
    .map(([payTo]) => payTo);
}

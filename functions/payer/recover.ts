import { offeringOf, sameRequest } from '../../shared/core/catalogue.ts';
import { bodyToSend, isUpload, type Job } from '../../shared/core/job-record.ts';
import { record } from '../record.ts';
import type { Payer } from './payer.ts';

/** The seller's clock may be so far behind ours, and its job so much younger than our last send. */
const skewMilliseconds = { behind: 5_000, after: 30_000 };

/**
 * Looks for a lost job id in the seller's list of this wallet's jobs: the same request, made while we were sending,
 * and not yet claimed by another job of ours. Uploads are in no list. Finding none proves nothing about the money.
 */
export async function recover(payer: Payer, job: Job): Promise<Job> {
  const entry = offeringOf(job.offering);
  const { firstSentAt = 0, lastSentAt = 0 } = job.purchase ?? {};
  const since = firstSentAt - skewMilliseconds.behind;
  const until = lastSentAt + payer.timings.answerSeconds * 1000 + skewMilliseconds.after;
  const { payer: paidBy, network } = job.purchase ?? {};
  const listed = isUpload(job) ? [] : ((await payer.seller.jobs(paidBy, network)) ?? []);
  const matches = listed
    .filter(({ createdAt }) => createdAt >= since && createdAt <= until)
    .filter(({ input }) => entry && sameRequest(entry, bodyToSend(job), input))
    .toSorted((a, b) => a.createdAt - b.createdAt);
  for (const { sellerJobId } of matches) {
    const event = { type: 'submitted', sellerJobId, at: payer.clock() } as const;
    const { job: submitted, outcome } = await record(payer, job, event, { claim: sellerJobId });
    if (outcome !== 'claimed') return submitted;
  }
  return (await record(payer, job, { type: 'lookedUp', at: payer.clock() })).job;
}

import { catalogue, sameRequest } from '../../shared/core/catalogue.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { record } from '../record.ts';
import type { Payer } from './payer.ts';

/** The seller's clock may be this far behind ours. */
const clockSkewMilliseconds = 5_000;

/**
 * Looks for a lost job id in the seller's list of this wallet's jobs: the same request, made since we first sent,
 * and not yet claimed by another job of ours. Finding none proves nothing about the money.
 */
export async function recover(payer: Payer, job: Job): Promise<Job> {
  const entry = catalogue[job.offering];
  const since = (job.purchase?.firstSentAt ?? payer.clock()) - clockSkewMilliseconds;
  const listed = (await payer.seller.jobs()) ?? [];
  const matches = listed
    .filter(({ input, createdAt }) => createdAt >= since && entry && sameRequest(entry, job.body, input))
    .toSorted((a, b) => a.createdAt - b.createdAt);
  for (const { sellerJobId } of matches) {
    const event = { type: 'submitted', sellerJobId, at: payer.clock() } as const;
    const { job: submitted, outcome } = await record(payer, job, event, { claim: sellerJobId });
    if (outcome !== 'claimed') return submitted;
  }
  return (await record(payer, job, { type: 'lookedUp', at: payer.clock() })).job;
}

import { type SideCar, sideCarVersion } from '../../shared/contracts/side-car.ts';
import { paidUploads } from '../../shared/core/job-money.ts';
import type { Asset, Job } from '../../shared/core/job-record.ts';
import { paymentOf } from '../announce.ts';

/**
 * What is to be known of a delivered job, a function of the stored job and its asset.
 * @param deliveredAt Unix milliseconds, as the ledger will have it
 */
export function sideCarOf(job: Job, asset: Asset, deliveredAt: number): SideCar {
  const { purchase, sellerJobId } = job;
  if (!purchase || sellerJobId === undefined) throw new Error(`Job ${job.jobId} was not bought.`);
  const request = JSON.parse(job.body) as Record<string, unknown>;
  const seed = seedOf(job);
  return {
    version: sideCarVersion,
    jobId: job.jobId,
    caller: job.caller,
    model: job.offering,
    request,
    ...(seed !== undefined && { seed }),
    asset,
    payment: { ...paymentOf(job, purchase), decimals: purchase.decimals },
    ...(job.uploads && { uploads: paidUploads(job) }),
    sellerJobId,
    times: {
      accepted: timeOf(job.acceptedAt),
      ...(purchase.firstSentAt !== undefined && { paid: timeOf(purchase.firstSentAt) }),
      ...(job.submittedAt !== undefined && { submitted: timeOf(job.submittedAt) }),
      ...(job.rendered && { rendered: timeOf(job.rendered.at) }),
      delivered: timeOf(deliveredAt),
    },
    ...(job.manifest && { manifest: job.manifest }),
  };
}

/** Where the request names one. */
export function seedOf({ body }: Job): number | undefined {
  const { seed } = JSON.parse(body) as { seed?: unknown };
  return typeof seed === 'number' ? seed : undefined;
}

const timeOf = (at: number): string => new Date(at).toISOString();

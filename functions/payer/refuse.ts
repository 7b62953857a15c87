import type { Reason } from '../../shared/core/errors.ts';
import type { Job, NeededUpload } from '../../shared/core/job-record.ts';
import type { Quote } from '../../shared/seller/quote.ts';
import { record } from '../record.ts';
import { type Payer, releaseOf } from './payer.ts';

/** Ends a job that was not signed; what its uploads cost decides how the end is called. */
export async function refuse(
  payer: Payer,
  job: Job,
  reason: Reason,
  uploads?: readonly NeededUpload[],
): Promise<Job> {
  const event = { type: 'refused', reason, at: payer.clock(), ...(uploads && { uploads }) } as const;
  return (await record(payer, job, event, releaseOf(job))).job;
}

/** Leaves a seller alone that does not tell its price now. */
export async function waitForSeller(
  payer: Payer,
  job: Job,
  { retryAfterSeconds }: Extract<Quote, { unavailable: string }>,
): Promise<Job> {
  const at = payer.clock();
  const wait = retryAfterSeconds ? retryAfterSeconds * 1000 : payer.timings.outageSeconds * 1000;
  return (await record(payer, job, { type: 'postponed', untilAt: at + wait, at })).job;
}

/** Waits a while: for a signer that is down, a stop that is lifted, or payments that somebody sees. */
export async function standAside(payer: Payer, job: Job): Promise<Job> {
  const at = payer.clock();
  const untilAt = at + payer.timings.outageSeconds * 1000;
  return (await record(payer, job, { type: 'postponed', untilAt, at })).job;
}

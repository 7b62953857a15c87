import type { Reason } from './errors.ts';
import { transactionOf } from './job-money.ts';
import type { EndStatus, Job } from './job-record.ts';
import { plainText } from './plain-text.ts';

type End = NonNullable<Job['end']>;

/** How a job ends: the last that is written of its delivery. */
export const ended = (
  status: EndStatus,
  at: number,
  reason?: Reason,
  claim?: End['claim'],
): Partial<Job> => ({
  status,
  end: {
    at,
    ...(reason && { reason: { ...reason, message: plainText(reason.message) } }),
    ...(claim && { claim }),
  },
});

/** The end of what was signed and is proven never to be settled, whatever else became of it. */
export const unpaid = (at: number): Partial<Job> =>
  ended('unpaid', at, {
    name: 'PaymentUnsettled',
    message: 'What was signed can no longer be settled, and was not: nothing was spent.',
  });

/** What a claim on the seller needs, once something was sent. */
export const claimOf = (job: Job, sellerSays?: string): End['claim'] =>
  job.purchase?.firstSentAt !== undefined
    ? {
        ...(job.sellerJobId !== undefined && { sellerJobId: job.sellerJobId }),
        amountAtomic: job.purchase.amountAtomic,
        payTo: job.purchase.payTo,
        ...transactionOf(job),
        ...(sellerSays !== undefined && { sellerSays: plainText(sellerSays) }),
      }
    : undefined;

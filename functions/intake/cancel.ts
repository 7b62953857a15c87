import { isSigned, moneyOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { record } from '../record.ts';
import { enqueue, type Intake } from './submit.ts';

/** Each lost race is somebody else's step, of which a job has few before it is signed. */
const mostTries = 8;

/**
 * Cancels a job of which nothing is signed: by a write over the version that was read, so that of a cancellation and a
 * signature only one is ever written. The payer then ends it. Cancelling again changes nothing.
 * @returns the job as it stands, or why it is too late
 */
export async function cancel(intake: Intake, before: Job): Promise<{ job: Job } | { tooLate: string }> {
  let job = before;
  for (let tries = 0; tries < mostTries; tries += 1) {
    if (isCancelled(job)) return { job };
    const tooLate = reasonAgainst(job);
    if (tooLate !== undefined) return { tooLate };
    const { job: after, outcome } = await record(intake, job, { type: 'cancelled', at: intake.clock() });
    if (outcome === 'written') {
      await enqueue(intake, after);
      return { job: after };
    }
    job = after;
  }
  return { tooLate: 'It is being worked on; ask again.' };
}

const isCancelled = (job: Job): boolean =>
  job.end ? job.end.reason?.name === 'Cancelled' : job.cancelledAt !== undefined;

function reasonAgainst(job: Job): string | undefined {
  if (job.end) return `It has ended already: ${job.status}.`;
  if (isSigned(job))
    return 'Its payment is signed and may be under way: it will be delivered, or say what became of the money.';
  return moneyOf(job) === 'none'
    ? undefined
    : 'Places for its files are being paid for, or are paid: it goes on.';
}

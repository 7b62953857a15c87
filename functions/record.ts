import type { Also, Ledger } from '../shared/aws/dynamodb.ts';
import { evolve, type JobEvent } from '../shared/core/evolve.ts';
import type { Job } from '../shared/core/job-record.ts';
import type { Timings } from '../shared/core/timings.ts';

/** News of the world, true however late it is written; any other event is fenced by the version it was decided on. */
const lasting: readonly JobEvent['type'][] = [
  'submitted',
  'rendered',
  'delivered',
  'undelivered',
  'announced',
];
const mostTries = 8;

/**
 * Writes what happened to a job. When somebody else wrote first, the job is read again: lasting news is applied to
 * what is there now, everything else is dropped, and the caller asks for the next step anew.
 * @returns the job as it stands, and whether this event was written
 */
export async function record(
  { ledger, timings }: { ledger: Ledger; timings: Timings },
  before: Job,
  event: JobEvent,
  also?: Also,
): Promise<{ job: Job; outcome: 'written' | 'dropped' | 'claimed' }> {
  let job = before;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const after = evolve(job, event, timings);
    if (!after) return { job, outcome: 'dropped' };
    const outcome = await ledger.write(after, also);
    if (outcome === 'written') return { job: after, outcome };
    if (outcome === 'claimed') return { job, outcome };
    job = (await ledger.read(job.jobId)) ?? job;
    if (!lasting.includes(event.type)) return { job, outcome: 'dropped' };
  }
  return { job, outcome: 'dropped' };
}

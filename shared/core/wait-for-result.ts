import type { JobEvent } from './job-event.ts';
import type { Job } from './job-record.ts';
import { nextFetchAt } from './refused-result.ts';
import type { Timings } from './timings.ts';

/** What becomes of a submitted job whose result is not taken: the job waits, ever longer, until its deadline. */

export function refusedResult(
  job: Job,
  { reason, quarantined, at: now }: Extract<JobEvent, { type: 'assetFailed' }>,
  { pollingScale: scale }: Timings,
): Partial<Job> {
  const { deadlineAt, quarantine = [] } = job;
  const assetFailures = job.assetFailures + 1;
  return {
    assetFailures,
    refused: { reason: reason.slice(0, 300), at: now },
    ...(quarantined && { quarantine: [...quarantine, quarantined] }),
    waitUntil: nextFetchAt('refused', assetFailures, { now, deadlineAt, scale }),
  };
}

export function heldResult(
  { held, deadlineAt }: Job,
  { origin, at: now }: Extract<JobEvent, { type: 'held' }>,
  { pollingScale: scale }: Timings,
): Partial<Job> {
  const looks = (held?.looks ?? 0) + 1;
  return {
    held: { origin, at: held?.origin === origin ? held.at : now, looks },
    waitUntil: nextFetchAt('held', looks, { now, deadlineAt, scale }),
  };
}

import { exposedUntil } from './exposure.ts';
import { isOurOwn, type Job } from './job-record.ts';
import { isMoneyKnown } from './resolution.ts';
import type { Timings } from './timings.ts';

/** How long what callers wrote is kept. The books (`book.ts`, `loss.ts`) are kept for good, and hold none of it. */

/** In the place of a caller whose jobs were erased: nobody is called so. */
export const erasedCaller = 'erased';

/** Nothing more will happen to it but the end of its exposure, and what became of its money is known. */
const isClosed = (job: Job): boolean =>
  job.announcedAt !== undefined && [undefined, exposedUntil(job)].includes(job.dueAt) && isMoneyKnown(job);

/**
 * When a job's row may go, Unix seconds: so long after the last thing that happened to it.
 * @returns undefined where rows are kept for good, while anything is open, and for the house's own, places for files and
 *   withdrawals: their ids follow from what they are for, and they hold nothing that a caller wrote
 */
export const expiryOf = (job: Job, now: number, { keepJobSeconds }: Timings): number | undefined =>
  keepJobSeconds !== undefined && isClosed(job) && !isOurOwn(job)
    ? Math.ceil(now / 1000) + keepJobSeconds
    : undefined;

/** Longer than whoever is given a job of before takes to look at it: a link of the API, or the other lines of a manifest. */
const spareMilliseconds = 6 * 3_600_000;

/** Whether a delivered job can be given in the place of a new one: its row and its picture stay for a while yet. */
export function isKept({ end, expiresAt }: Job, now: number, { keepPictureSeconds }: Timings): boolean {
  const rowUntil = expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt * 1000;
  const pictureUntil = (end?.at ?? 0) + (keepPictureSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  return Math.min(rowUntil, pictureUntil) > now + spareMilliseconds;
}

/**
 * A job without what its caller wrote and was given: what it was, what it cost and how it ended stays.
 * @returns the job as it is to be written; undefined while anything of it is open
 */
export function erasedJob(job: Job, now: number): Job | undefined {
  if (!isClosed(job)) return undefined;
  const {
    requestHash: _hash,
    sent: _sent,
    references: _names,
    asset: _asset,
    rendered: _links,
    held: _host,
    refused: _why,
    quarantine: _bytes,
    released: _file,
    ...kept
  } = job;
  return {
    ...kept,
    caller: erasedCaller,
    ...(job.forCaller !== undefined && { forCaller: erasedCaller }),
    body: '{}',
    ...(kept.uploads && { uploads: kept.uploads.map((one) => ({ ...one, reference: erasedCaller })) }),
    ...(kept.end && { end: withoutWords(kept.end) }),
    version: job.version + 1,
    updatedAt: now,
  };
}

/** The seller's own words may echo the prompt. */
function withoutWords({ claim, ...end }: NonNullable<Job['end']>): Job['end'] {
  if (!claim) return end;
  const { sellerSays: _said, ...rest } = claim;
  return { ...end, claim: rest };
}

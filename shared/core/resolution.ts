import { boughtFor, isSigned, ownMoney } from './job-money.ts';
import { isOurOwn, type Job, type NeededUpload } from './job-record.ts';

/**
 * What is told of a job's money after its end: of each payment of which the end did not know what became of it, or knew
 * it wrongly, what a final block shows, once.
 */

/** What an end knows of the job's own payment; nothing is said where it goes by the seller's word. */
export function knownAtEnd(job: Job): 'open' | 'proven' | undefined {
  if (isSigned(job) && job.proof) return 'proven';
  return ownMoney(job) === 'open' ? 'open' : undefined;
}

/** A job that is over, as it was known at its end. */
export function asItEnded({ proof, settlement, ...job }: Job): Job {
  const known = job.end?.own;
  return {
    ...job,
    ...(proof && known === 'proven' && { proof }),
    ...(settlement && known !== 'open' && { settlement }),
  };
}

/** Whether what became of an upload's money is still to be asked. */
export const isAsked = ({ money, resolution }: NeededUpload): boolean =>
  money === 'open' && resolution !== 'unknown';

/** A job that is over, and does not know yet what became of the money of its uploads: each is a job of its own, and asked. */
export const asksUploads = ({ announcedAt, uploads }: Job): boolean =>
  announcedAt !== undefined && uploads?.some(isAsked) === true;

/** Whether nothing more will be known of where a job's money went, its uploads' included. */
export const isMoneyKnown = (job: Job): boolean =>
  !asksUploads(job) && (!isSigned(job) || job.proof !== undefined);

/** Whether what became of the job's own payment is news to its caller: to an `unresolved` one it always is. */
export function owesOwn(job: Job): boolean {
  const { announcedAt, resolvedAt, end, proof, status } = job;
  if (announcedAt === undefined || resolvedAt !== undefined || isOurOwn(job)) return false;
  if (!isSigned(job) || !proof || end?.own === 'proven') return false;
  return end?.own === 'open' || status === 'unresolved' || proof.state === 'dead';
}

const isOwed = ({ resolution }: NeededUpload): boolean => resolution === 'owed';

/** The uploads of which is known what became of their money, and not told. */
export const owedUploads = ({ uploads = [] }: Job): string[] =>
  uploads.filter(isOwed).map(({ jobId }) => jobId);

export const owesResolution = (job: Job): boolean => owesOwn(job) || owedUploads(job).length > 0;

/** Everything that was owed is told. */
export function told(job: Job, at: number): Partial<Job> {
  const uploads = job.uploads?.map((one) => (isOwed(one) ? { ...one, resolution: 'told' as const } : one));
  return { ...(uploads && { uploads }), ...(owesOwn(job) && { resolvedAt: at }) };
}

/** Longer than any invocation that has read a job before its end may write an upload of it (Lambda ends each sooner). */
const latestUploadMilliseconds = 15 * 60_000;

/** An upload of which no final block has told by then is on a chain that nobody reads. */
const longestAskedMilliseconds = 7 * 24 * 3_600_000;

/**
 * Whether it is known what an upload costs a job that is over: it was bought for another, nothing was signed for it and
 * nothing will be, or a final block shows what became of it. `unknown` when nobody will ever say.
 */
export function knownOf(job: Job, upload: Job | undefined, now: number): 'known' | 'open' | 'unknown' {
  const sinceEnd = now - (job.end?.at ?? now);
  const isKnown = !upload
    ? sinceEnd >= latestUploadMilliseconds
    : !boughtFor(job, upload) || (isSigned(upload) ? upload.proof : upload.end) !== undefined;
  if (isKnown) return 'known';
  return sinceEnd >= longestAskedMilliseconds ? 'unknown' : 'open';
}

const longestPauseMilliseconds = 3_600_000;

/** When the uploads are asked again, Unix milliseconds: ever later, and hourly at last. */
export const nextAskAt = (job: Job, now: number, pauseSeconds: number): number =>
  Math.ceil(
    now + Math.min(Math.max(pauseSeconds * 1000, (now - (job.end?.at ?? now)) / 2), longestPauseMilliseconds),
  );

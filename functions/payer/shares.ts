import { isUpload, type Job, moneyOf, type NeededUpload } from '../../shared/core/job-record.ts';
import { knownOf } from '../../shared/core/resolution.ts';
import { record } from '../record.ts';
import type { Payer } from './payer.ts';

/** What of its uploads' prices a job bears: of each that was bought for it all, once, and of others nothing. */
export const sharesOf = (
  job: Job,
  needed: readonly NeededUpload[],
  jobs: ReadonlyMap<string, Job>,
): NeededUpload[] =>
  needed.map((one, index) => {
    const isFirst = needed.findIndex(({ jobId }) => jobId === one.jobId) === index;
    return { ...one, ...shareOf(job, isFirst ? jobs.get(one.jobId) : undefined) };
  });

function shareOf(job: Job, upload: Job | undefined): Pick<NeededUpload, 'amountAtomic' | 'money'> {
  if (!upload || !isUpload(upload) || upload.forJobId !== job.jobId)
    return { amountAtomic: '0', money: 'none' };
  const money = moneyOf(upload);
  return { amountAtomic: money === 'none' ? '0' : (upload.purchase?.amountAtomic ?? '0'), money };
}

/**
 * Asks of a job that is over what became of the money of its uploads, where that was open at its end: each goes its own
 * way, and may have been signed for since.
 */
export async function askUploads(payer: Payer, job: Job): Promise<Job> {
  const needed = job.uploads ?? [];
  const at = payer.clock();
  const open = needed.filter(({ money }) => money === 'open').map(({ jobId }) => jobId);
  const jobs = new Map<string, Job>();
  for (const jobId of new Set(open)) {
    const upload = await payer.ledger.read(jobId);
    if (upload) jobs.set(jobId, upload);
  }
  const shares = sharesOf(job, needed, jobs);
  const uploads = needed.map((one, index): NeededUpload => {
    const known = knownOf(job, jobs.get(one.jobId), at);
    if (one.money !== 'open' || known === 'open') return one;
    return known === 'known'
      ? { ...one, ...shares[index], resolution: 'owed' }
      : { ...one, resolution: 'unknown' };
  });
  return (await record(payer, job, { type: 'uploadsAsked', uploads, at })).job;
}

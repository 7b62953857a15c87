import { boughtFor, moneyOf } from '../../shared/core/job-money.ts';
import type { Job, NeededUpload } from '../../shared/core/job-record.ts';
import { isAsked, knownOf } from '../../shared/core/resolution.ts';
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
  const own = boughtFor(job, upload);
  const money = own ? moneyOf(own) : 'none';
  return { amountAtomic: money === 'none' ? '0' : (own?.purchase?.amountAtomic ?? '0'), money };
}

/**
 * Asks of a job that is over what became of the money of its uploads, where that was open at its end: each goes its own
 * way, and may have been signed for since.
 */
export async function askUploads(payer: Payer, job: Job): Promise<Job> {
  const at = payer.clock();
  const ask = async (one: NeededUpload): Promise<NeededUpload> => {
    if (!isAsked(one)) return one;
    const upload = await payer.ledger.read(one.jobId);
    const known = knownOf(job, upload, at);
    if (known === 'open') return one;
    return known === 'known'
      ? { ...one, ...shareOf(job, upload), resolution: 'owed' }
      : { ...one, resolution: 'unknown' };
  };
  const uploads = await Promise.all((job.uploads ?? []).map(ask));
  return (await record(payer, job, { type: 'uploadsAsked', uploads, at })).job;
}

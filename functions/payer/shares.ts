import { isUpload, type Job, moneyOf, type NeededUpload } from '../../shared/core/job-record.ts';

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

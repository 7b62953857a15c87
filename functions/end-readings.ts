import { metrics, type Reading } from '../shared/contracts/metrics.ts';
import { moneyOf } from '../shared/core/job-money.ts';
import { type EndStatus, isOurOwn, type Job } from '../shared/core/job-record.ts';
import { isMoneyKnown } from '../shared/core/resolution.ts';

/** What there is to count of a job whose end, or whose money at last, was announced. The house's own are counted by none. */
export function endReadings(job: Job, announced: 'end' | 'resolution'): readonly Reading[] {
  if (isOurOwn(job) || !job.end) return [];
  if (announced === 'resolution')
    return job.status === 'unresolved' && isMoneyKnown(job) && moneyOf(job) === 'spent'
      ? [[metrics.paidNotDelivered, 1]]
      : [];
  const status = job.status as EndStatus;
  const ended: Reading = [metrics[status], 1];
  if (status === 'delivered') return [ended, [metrics.timeToPicture, (job.end.at - job.acceptedAt) / 1000]];
  return status === 'undelivered' ? [ended, [metrics.paidNotDelivered, 1]] : [ended];
}

import type { JobAnswer } from '../../../shared/contracts/http.ts';
import type { JobDetail } from '../answers.ts';

/** One step on a job's way. */
export interface Stage {
  readonly name: string;
  readonly says: string;
  readonly state: 'done' | 'now' | 'ahead' | 'failed';
  /** Unix milliseconds, when it was over. */
  readonly at?: number | undefined;
}

/**
 * The way of a job as a person follows it: taken, paid, made, delivered. What only the ledger knows (times, what is
 * proven) is there once the detail is.
 */
export function stagesOf(job: JobAnswer, detail?: JobDetail): readonly Stage[] {
  const times = detail?.times;
  const isPaid = job.status === 'processing' || job.status === 'complete' || times?.submitted !== undefined;
  const isMade = job.status === 'complete' || times?.rendered !== undefined;
  const reached = isMade ? 3 : isPaid ? 2 : 1;
  const isOver = job.status === 'complete' || job.status === 'failed';
  const steps = [
    { name: 'Taken', says: 'The booth has the request.', at: times?.accepted ?? Date.parse(job.acceptedAt) },
    { name: 'Paid', says: payWords(job), at: times?.submitted },
    { name: 'Made', says: 'The seller has made it.', at: times?.rendered },
    { name: 'Delivered', says: 'It is checked, and in the bucket.', at: times?.ended },
  ];
  return steps.map(({ at, ...step }, index) => {
    const isDone = job.status === 'complete' || index < reached;
    const state = isDone
      ? 'done'
      : index > reached || !isOver
        ? index === reached
          ? 'now'
          : 'ahead'
        : 'failed';
    return { ...step, state, ...(isDone && { at }) };
  });
}

const payWords = (job: JobAnswer): string => {
  const { money, cost } = job;
  const amount = cost?.usd ?? '';
  if ('waitsFor' in job && job.waitsFor !== undefined) return job.waitsFor;
  if (money === 'spent') return `${amount} was paid.`;
  return money === 'open'
    ? `${amount} is signed for, and not known to be settled.`
    : 'Nothing is signed yet.';
};

/** What a running job is at, in a few words. */
export function nowWords(job: JobAnswer, detail?: JobDetail): string {
  if (job.status === 'processing' || detail?.times.submitted !== undefined) return 'being made';
  if ('cancelledAt' in job && job.cancelledAt !== undefined) return 'being cancelled';
  return job.cost || detail?.times.sent !== undefined ? 'being paid' : 'waiting to be paid';
}

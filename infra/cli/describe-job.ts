import type { Job } from '../client/create-client.ts';
import { facts } from './booth-command.ts';

/** What each word for the money means to the person whose money it is. */
export const moneyWords: Readonly<Record<Job['money'], string>> = {
  none: 'nothing was spent',
  open: 'signed, and not known to be settled',
  spent: 'paid',
};

/** A job in a few lines. @param file where its result was saved */
export function describeJob(job: Job, file?: string): string[] {
  return facts({
    job: job.jobId,
    model: job.model,
    status: 'cancelledAt' in job && job.cancelledAt ? `${job.status}, cancelled` : job.status,
    money: moneyWords[job.money],
    waits: 'waitsFor' in job ? job.waitsFor : undefined,
    ...priceOf(job),
    ...(job.status === 'complete' ? resultOf(job, file) : {}),
    ...(job.status === 'failed' && {
      outcome: job.outcome,
      reason: `${job.reason.name}: ${job.reason.message}`,
      seller: job.sellerSays,
      released: job.released && `${job.released.url} (${job.released.bytes} bytes that inspection refused)`,
      again: job.retryCanHelp ? 'asking for the same again can help' : undefined,
    }),
  });
}

const priceOf = ({ cost }: Job) => ({
  price: cost?.usd,
  paid: cost && `to ${cost.payTo} on ${cost.network}`,
  transaction: cost?.transaction,
});

function resultOf(job: Extract<Job, { status: 'complete' }>, file: string | undefined) {
  const { width, height, format, bytes, mismatch } = job;
  return {
    result: `${width === undefined ? '' : `${width} × ${height} `}${format}, ${bytes} bytes`,
    mismatch: mismatch.length > 0 ? `not as asked: ${mismatch.join(', ')}` : undefined,
    ...(file === undefined ? { link: linkOf(job) } : { saved: file }),
  };
}

/** The address of a result, good for some minutes. */
export const linkOf = (job: Extract<Job, { status: 'complete' }>): string | undefined =>
  job.imageUrl ?? job.videoUrl ?? job.fileUrl;

/** A job in one line of a list. */
export function jobLine(job: Job): string {
  const { jobId, acceptedAt, model, status, cost } = job;
  const end = job.status === 'failed' ? `  ${job.outcome}: ${job.reason.message}` : '';
  const columns = [acceptedAt.slice(0, 19), jobId, status.padEnd(10), (cost?.usd ?? '-').padEnd(7), model];
  return columns.join('  ') + end;
}

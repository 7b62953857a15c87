import type { Job } from './job-record.ts';

/** Where the money of a job is, and what is told of it. */

export type Money = 'none' | 'open' | 'spent';

/** Whether anything was signed for it, that may have left since. */
export const isSigned = ({ purchase }: Job): boolean => purchase?.firstSentAt !== undefined;

/**
 * Where the money of a job is, as far as we know, its uploads included: `none` while nothing was signed or when the
 * authorization is proven dead, `spent` when the seller says or a final block shows that it settled, and `open` for
 * everything between.
 */
export function moneyOf(job: Job): Money {
  const every = [ownMoney(job), ...(job.uploads ?? []).map(({ money }) => money)];
  return every.includes('open') ? 'open' : every.includes('spent') ? 'spent' : 'none';
}

/** The same of its own payment alone. */
export function ownMoney(job: Job): Money {
  if (!isSigned(job)) return 'none';
  if (job.proof) return job.proof.state === 'settled' ? 'spent' : 'none';
  return job.settlement?.success ? 'spent' : 'open';
}

/** The transaction that settled a job's purchase: of a final block, or else as the seller says. */
export const transactionOf = ({ proof, settlement, purchase }: Job): { transaction?: string } => {
  const claimed = settlement?.success ? (purchase?.transaction ?? settlement.transaction) : undefined;
  const transaction = proof?.transaction ?? claimed;
  return transaction === undefined ? {} : { transaction };
};

/** An upload where it was bought for this job: what another one bought costs it nothing. */
export const boughtFor = (job: Job, upload: Job | undefined): Job | undefined =>
  upload?.forJobId === job.jobId ? upload : undefined;

/** What the job bore of its uploads' prices. */
export const paidUploads = ({ uploads = [] }: Job) =>
  uploads
    .filter(({ money }) => money !== 'none')
    .map(({ jobId, amountAtomic, money }) => ({ jobId, amountAtomic, money }));

/** Whether asking for the same again can help: never while money is open or spent, so that nobody buys twice by hand. */
export const retryCanHelp = (job: Job): boolean =>
  moneyOf(job) === 'none' &&
  ['SellerUnavailable', 'SignerUnavailable', 'DeadlinePassed', 'Cancelled'].includes(
    job.end?.reason?.name ?? '',
  );

import { transactionOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { seedOf } from './side-car.ts';

/**
 * What an object says of itself without its side-car: never the prompt, and only what a header can carry (printable
 * ASCII), so that a stranger's word that is none of that is left out.
 * @param sha256 of the object, hex
 */
export function objectMetadata(job: Job, sha256: string): Record<string, string> {
  const { purchase } = job;
  const fields = {
    'job-id': job.jobId,
    model: job.offering,
    seed: seedOf(job),
    'price-atomic': purchase?.amountAtomic,
    asset: purchase?.asset,
    network: purchase?.network,
    payee: purchase?.payTo,
    transaction: transactionOf(job).transaction,
    'seller-job-id': job.sellerJobId,
    sha256,
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value !== undefined && /^[\x21-\x7e]{1,200}$/.test(String(value)) ? [[name, String(value)]] : [],
    ),
  );
}

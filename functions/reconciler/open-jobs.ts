import { tokenKey } from '../../shared/core/budget.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Reconciler } from './reconciler.ts';

const mostOpen = 5_000;

interface OpenJobs {
  /** By nonce. */
  readonly open: Map<string, Job>;
  /** Nothing that is open is missing. */
  readonly isWhole: boolean;
  /** Of the first one that could not be read. */
  readonly unread?: Error | undefined;
}

/** Jobs whose authorization is signed and whose money is not known. */
export async function openJobs({ ledger, asset, wallet }: Reconciler): Promise<OpenJobs> {
  const open = new Map<string, Job>();
  const jobIds = await ledger.openAuthorizations(mostOpen);
  let unread: Error | undefined;
  for (const jobId of jobIds) {
    const job = await ledger.read(jobId).catch((cause: Error) => {
      unread ??= new Error(`Job ${jobId} cannot be read: ${cause.message}`, { cause });
      return undefined;
    });
    if (!job?.purchase || job.proof || job.purchase.firstSentAt === undefined) continue;
    const { network, asset: token, payer } = job.purchase;
    // What another wallet signed is in nothing that this one's nonces or transfers show.
    if (tokenKey(network, token, payer) === tokenKey(asset.network, asset.asset, wallet.address))
      open.set(job.purchase.nonce.toLowerCase(), job);
  }
  return { open, isWhole: jobIds.length < mostOpen && !unread, unread };
}

import type { Notices } from '../../shared/contracts/event.ts';
import type { GoodLine, LineResult } from '../../shared/contracts/manifest.ts';
import { ownMoney, paidUploads } from '../../shared/core/job-money.ts';
import type { EndStatus, Job } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { asOfNow } from '../announce.ts';

/** What came of one line, a function of its ended job, by what is known now. */
export function resultOf(
  job: Job,
  { line, id }: Pick<GoodLine, 'line' | 'id'>,
  bucketName: string,
): LineResult {
  const { status, money, payment, uploads, asset, reason, retryCanHelp } = asOfNow(job, bucketName);
  return {
    line,
    ...(id !== undefined && { id }),
    jobId: job.jobId,
    status,
    money,
    ...(payment && {
      cost: {
        amountAtomic: payment.amountAtomic,
        usd: formatUsd(payment.amountAtomic, job.purchase?.decimals ?? 6),
        network: payment.network,
        asset: payment.asset,
        payTo: payment.payTo,
        ...(payment.transaction !== undefined && { transaction: payment.transaction }),
      },
    }),
    ...(uploads && { uploads }),
    ...(asset && { asset }),
    ...(reason && { reason: reason as LineResult['reason'] }),
    retryCanHelp,
  };
}

/**
 * What a manifest's jobs came to. Jobs that were there before it cost it nothing.
 * @returns how many ended how, and what was spent or is open, in atomic units
 */
export function summaryOf(
  jobs: readonly Job[],
  manifestId: string,
): Pick<Notices['ManifestFinished'], 'ended' | 'spentAtomic' | 'openAtomic'> {
  const ended: Partial<Record<EndStatus, number>> = {};
  const sums = { none: 0n, spent: 0n, open: 0n };
  for (const job of jobs) {
    const status = job.status as EndStatus;
    ended[status] = (ended[status] ?? 0) + 1;
    if (job.manifest?.id !== manifestId) continue;
    if (job.purchase) sums[ownMoney(job)] += BigInt(job.purchase.amountAtomic);
    for (const { amountAtomic, money } of paidUploads(job)) sums[money] += BigInt(amountAtomic);
  }
  return { ended, spentAtomic: sums.spent.toString(), openAtomic: sums.open.toString() };
}

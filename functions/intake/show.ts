import type { PictureStore } from '../../shared/aws/s3.ts';
import type { JobAnswer } from '../../shared/contracts/http.ts';
import { catalogue } from '../../shared/core/catalogue.ts';
import { type Job, moneyOf, publicStatus, retryCanHelp } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';

const urlSeconds = 300;

/** What a caller is told of a job of theirs; a finished picture comes with a URL made for this answer. */
export async function show(pictures: PictureStore, job: Job): Promise<JobAnswer> {
  const { asset, end } = job;
  const base = {
    type: catalogue[job.offering]?.type ?? job.offering,
    jobId: job.jobId,
    money: moneyOf(job),
  };
  const cost = costOf(job);
  if (asset && cost)
    return {
      ...base,
      success: true,
      status: 'complete',
      imageUrl: await pictures.presign(asset.key, urlSeconds),
      expiresInSeconds: urlSeconds,
      sha256: asset.sha256,
      bytes: asset.bytes,
      format: asset.format,
      width: asset.width,
      height: asset.height,
      mismatch: asset.mismatch,
      cost,
    };
  if (end)
    return {
      ...base,
      success: false,
      status: 'failed',
      outcome: job.status,
      reason: end.reason ?? { name: 'Defect', message: 'No reason was recorded.' },
      ...(end.claim?.sellerSays !== undefined && { sellerSays: end.claim.sellerSays }),
      retryCanHelp: retryCanHelp(job),
      ...(cost && { cost }),
    };
  const status = publicStatus(job) === 'processing' ? 'processing' : 'pending';
  return { ...base, success: true, status, ...(cost && { cost }) };
}

/** The price, from the moment that money may have moved. */
function costOf({ purchase, settlement }: Job): JobAnswer['cost'] {
  if (purchase?.firstSentAt === undefined) return undefined;
  return {
    amountAtomic: purchase.amountAtomic,
    usd: formatUsd(purchase.amountAtomic, purchase.decimals),
    network: purchase.network,
    asset: purchase.asset,
    payTo: purchase.payTo,
    ...(settlement?.success && { transaction: settlement.transaction }),
  };
}

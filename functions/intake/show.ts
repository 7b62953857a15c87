import type { PictureStore } from '../../shared/aws/s3.ts';
import type { JobAnswer } from '../../shared/contracts/http.ts';
import { offeringOf } from '../../shared/core/catalogue.ts';
import { moneyOf, paidUploads, retryCanHelp, transactionOf } from '../../shared/core/job-money.ts';
import { type Asset, type Job, publicStatus } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { plainText } from '../../shared/core/plain-text.ts';
import { type Released, resultWaitsFor } from '../../shared/core/refused-result.ts';

const urlSeconds = 300;

/**
 * What a caller is told of a job of theirs; a finished picture comes with a URL made for this answer.
 * @param waitsFor why it does not go on, where that is known
 */
export async function show(pictures: PictureStore, job: Job, waitsFor?: string): Promise<JobAnswer> {
  const { asset, end } = job;
  const base = {
    type: offeringOf(job.offering)?.type ?? job.offering,
    model: job.offering,
    jobId: job.jobId,
    acceptedAt: new Date(job.acceptedAt).toISOString(),
    money: moneyOf(job),
    ...(job.uploads && { uploads: paidUploads(job) }),
  };
  const cost = costOf(job);
  if (asset && cost) {
    const { key: _key, thumbnail: _thumbnail, ...fields } = asset;
    return {
      ...base,
      success: true,
      status: 'complete',
      ...(await linksTo(pictures, asset)),
      expiresInSeconds: urlSeconds,
      ...fields,
      cost,
    };
  }
  if (end)
    return {
      ...base,
      success: false,
      status: 'failed',
      outcome: job.status,
      // Rows of earlier versions hold what the seller wrote.
      reason: end.reason
        ? { ...end.reason, message: plainText(end.reason.message) }
        : { name: 'Defect', message: 'No reason was recorded.' },
      ...(end.claim?.sellerSays !== undefined && { sellerSays: plainText(end.claim.sellerSays) }),
      ...(job.released && { released: await releasedFile(pictures, job.released) }),
      retryCanHelp: retryCanHelp(job),
      ...(cost && { cost }),
    };
  const status = publicStatus(job) === 'processing' ? 'processing' : 'pending';
  const waits = waitsFor ?? resultWaitsFor(job);
  return {
    ...base,
    success: true,
    status,
    ...(waits !== undefined && { waitsFor: waits }),
    ...(job.cancelledAt !== undefined && { cancelledAt: new Date(job.cancelledAt).toISOString() }),
    ...(cost && { cost }),
  };
}

/** Links under the names that the seller itself uses. */
async function linksTo(pictures: PictureStore, { key, format, thumbnail }: Asset) {
  const url = await pictures.presign(key, urlSeconds);
  return {
    ...(format === 'mp4' ? { videoUrl: url } : format === 'bin' ? { fileUrl: url } : { imageUrl: url }),
    ...(thumbnail && { thumbnailUrl: await pictures.presign(thumbnail.key, urlSeconds) }),
  };
}

async function releasedFile(pictures: PictureStore, { key, sha256, bytes }: Released) {
  return { url: await pictures.presign(key, urlSeconds), expiresInSeconds: urlSeconds, sha256, bytes };
}

/** The price, from the moment that money may have moved. */
function costOf(job: Job): JobAnswer['cost'] {
  const { purchase } = job;
  if (purchase?.firstSentAt === undefined) return undefined;
  return {
    amountAtomic: purchase.amountAtomic,
    usd: formatUsd(purchase.amountAtomic, purchase.decimals),
    network: purchase.network,
    asset: purchase.asset,
    payTo: purchase.payTo,
    ...transactionOf(job),
  };
}

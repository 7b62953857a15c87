import { createHash } from 'node:crypto';
import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { Announcements } from '../../shared/aws/eventbridge.ts';
import type { PictureStore } from '../../shared/aws/s3.ts';
import { offeringOf } from '../../shared/core/catalogue.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import type { Asset, Job } from '../../shared/core/job-record.ts';
import { contentTypes, inspectPicture, mismatches } from '../../shared/core/picture.ts';
import type { Timings } from '../../shared/core/timings.ts';
import type { Download } from '../../shared/seller/download.ts';
import { announce } from '../announce.ts';
import { record } from '../record.ts';

export interface Deliverer {
  readonly ledger: Ledger;
  readonly pictures: PictureStore;
  readonly announcements: Announcements;
  readonly download: (url: string) => Promise<Download>;
  readonly bucketName: string;
  readonly timings: Timings;
  readonly clock: () => number;
}

/** So often an unacceptable picture is fetched anew before it is given up. */
const mostFailures = 3;

/**
 * Copies a finished picture into the bucket, checks it by its bytes, ends the job and announces it.
 * @throws AssetUnavailable when a fresh URL may help: until the deadline while the host gives nothing, three times
 *   when what it gives is unacceptable; then the job ends `undelivered`
 */
export async function deliver(deliverer: Deliverer, jobId: string): Promise<void> {
  const job = await deliverer.ledger.read(jobId);
  const entry = job && offeringOf(job.offering);
  if (!job || !entry) throw new CoinboothError('Defect', `There is no job ${jobId} to deliver.`);
  if (job.end) return announceOnce(deliverer, job);
  if (!job.rendered) throw new CoinboothError('AssetUnavailable', `Job ${jobId} has no picture yet.`);

  const fetched = await deliverer.download(job.rendered.url);
  if ('unavailable' in fetched)
    throw new CoinboothError('AssetUnavailable', `Job ${jobId}: ${fetched.unavailable}.`);
  if ('unacceptable' in fetched) return failed(deliverer, job, fetched.unacceptable);
  const picture = inspectPicture(fetched.bytes);
  if ('refused' in picture) return failed(deliverer, job, picture.refused);

  const sha256 = createHash('sha256').update(fetched.bytes).digest('hex');
  const asset: Asset = {
    // By its bytes too: of two deliveries at once, neither writes over what the other recorded.
    key: `pictures/${jobId}-${sha256.slice(0, 16)}.${picture.format}`,
    sha256,
    bytes: fetched.bytes.length,
    ...picture,
    mismatch: mismatches(picture, entry.expected(JSON.parse(job.body))),
  };
  await deliverer.pictures.put(asset.key, fetched.bytes, contentTypes[picture.format], sha256);
  const { job: delivered } = await record(deliverer, job, {
    type: 'delivered',
    asset,
    at: deliverer.clock(),
  });
  return announceOnce(deliverer, delivered);
}

async function failed(deliverer: Deliverer, before: Job, why: string): Promise<void> {
  const at = deliverer.clock();
  const { job } = await record(deliverer, before, { type: 'assetFailed', at });
  if (!job.end && job.assetFailures < mostFailures)
    throw new CoinboothError('AssetUnavailable', `Job ${job.jobId}: ${why}.`);
  const reason = { name: 'AssetInvalid', message: `The picture could not be delivered: ${why}.` } as const;
  const ended = await record(deliverer, job, { type: 'undelivered', reason, at });
  return announceOnce(deliverer, ended.job);
}

async function announceOnce(deliverer: Deliverer, job: Job): Promise<void> {
  if (job.end && job.announcedAt === undefined) await announce(deliverer, job);
}

import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { Announcements } from '../../shared/aws/eventbridge.ts';
import { sideCarKey } from '../../shared/core/asset.ts';
import { offeringOf } from '../../shared/core/catalogue.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import type { Asset, Job } from '../../shared/core/job-record.ts';
import type { Timings } from '../../shared/core/timings.ts';
import { announce, type Watched } from '../announce.ts';
import { record } from '../record.ts';
import { assetBounds, inspectAsset } from './inspect-asset.ts';
import { type Keeper, keepAsset } from './keep-asset.ts';
import { sideCarOf } from './side-car.ts';

export interface Deliverer extends Keeper, Watched {
  readonly ledger: Ledger;
  readonly announcements: Announcements;
  readonly bucketName: string;
  readonly timings: Timings;
  readonly clock: () => number;
}

/** So often an unacceptable result is fetched anew before it is given up. */
const mostFailures = 3;

/**
 * Copies a finished result into the bucket, checks it by its bytes, ends the job and announces it. What lies in the
 * bucket comes first: a delivered job has its asset, and its side-car.
 * @throws AssetUnavailable when a fresh URL may help: until the deadline while the host gives nothing, three times
 *   when what it gives is unacceptable; then the job ends `undelivered`
 */
export async function deliver(deliverer: Deliverer, jobId: string): Promise<void> {
  const job = await deliverer.ledger.read(jobId);
  if (!job || !offeringOf(job.offering))
    throw new CoinboothError('Defect', `There is no job ${jobId} to deliver.`);
  if (job.end) return announceOnce(deliverer, job);
  if (!job.rendered) throw new CoinboothError('AssetUnavailable', `Job ${jobId} has no result yet.`);

  const fetched = await deliverer.download(job.rendered.url, assetBounds);
  if ('unavailable' in fetched)
    throw new CoinboothError('AssetUnavailable', `Job ${jobId}: ${fetched.unavailable}.`);
  if ('held' in fetched)
    throw new CoinboothError('AssetUnavailable', `Job ${jobId}: the result on ${fetched.held} is held.`);
  if ('unacceptable' in fetched) return failed(deliverer, job, fetched.unacceptable);
  await using file = fetched.file;
  const inspected = await inspectAsset(file);
  if ('refused' in inspected) return failed(deliverer, job, inspected.refused);
  return ended(deliverer, job, await keepAsset(deliverer, job, file, inspected));
}

/** The side-car comes before the record, and once more when another delivery's record was first. */
async function ended(deliverer: Deliverer, job: Job, asset: Asset): Promise<void> {
  const at = deliverer.clock();
  const written = await putSideCar(deliverer, job, asset, at);
  const { job: delivered } = await record(deliverer, job, { type: 'delivered', asset, at });
  if (delivered.asset && delivered.end)
    await putSideCar(deliverer, delivered, delivered.asset, delivered.end.at, written);
  return announceOnce(deliverer, delivered);
}

async function putSideCar(
  deliverer: Deliverer,
  job: Job,
  asset: Asset,
  at: number,
  written?: string,
): Promise<string> {
  const text = `${JSON.stringify(sideCarOf(job, asset, at), null, 2)}\n`;
  if (text !== written) await deliverer.assets.putJson(sideCarKey(asset.key), text);
  return text;
}

async function failed(deliverer: Deliverer, before: Job, why: string): Promise<void> {
  const at = deliverer.clock();
  const { job } = await record(deliverer, before, { type: 'assetFailed', at });
  if (!job.end && job.assetFailures < mostFailures)
    throw new CoinboothError('AssetUnavailable', `Job ${job.jobId}: ${why}.`);
  const reason = { name: 'AssetInvalid', message: `The result could not be delivered: ${why}.` } as const;
  const given = await record(deliverer, job, { type: 'undelivered', reason, at });
  return announceOnce(deliverer, given.job);
}

async function announceOnce(deliverer: Deliverer, job: Job): Promise<void> {
  if (job.end && job.announcedAt === undefined) await announce(deliverer, job);
}

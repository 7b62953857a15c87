import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { ResultHosts } from '../../shared/aws/dynamodb-hosts.ts';
import type { Announcements } from '../../shared/aws/eventbridge.ts';
import { type HouseMetric, metrics, type Reading } from '../../shared/contracts/metrics.ts';
import { sideCarKey } from '../../shared/core/asset.ts';
import { offeringOf } from '../../shared/core/catalogue.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import type { JobEvent } from '../../shared/core/job-event.ts';
import type { Asset, Job } from '../../shared/core/job-record.ts';
import type { Timings } from '../../shared/core/timings.ts';
import type { DownloadedFile } from '../../shared/seller/temporary-file.ts';
import { announce, type Watched } from '../announce.ts';
import { record } from '../record.ts';
import { fetchResult, type ResultSource } from './fetch-result.ts';
import { inspectAsset } from './inspect-asset.ts';
import { type Keeper, keepAsset } from './keep-asset.ts';
import { quarantine } from './quarantine.ts';
import { sideCarOf } from './side-car.ts';

export interface Deliverer extends Keeper, ResultSource, Watched {
  readonly ledger: Ledger;
  readonly announcements: Announcements;
  readonly hosts: Pick<ResultHosts, 'noteHeld'>;
  /** Told of results that are not taken. */
  readonly count?: (readings: readonly Reading[], jobId: string) => void;
  readonly bucketName: string;
  readonly timings: Timings;
  readonly clock: () => number;
}

/**
 * Copies a finished result into the bucket, checks it by its bytes, ends the job and announces it. What lies in the
 * bucket comes first: a delivered job has its asset, and its side-car.
 * @throws AssetUnavailable when a fresh URL may help, until the deadline: the host gives nothing, the pin does not allow
 *   the host, or inspection refuses what it gives
 */
export async function deliver(deliverer: Deliverer, jobId: string): Promise<void> {
  const job = await deliverer.ledger.read(jobId);
  if (!job || !offeringOf(job.offering))
    throw new CoinboothError('Defect', `There is no job ${jobId} to deliver.`);
  if (job.end) return announceOnce(deliverer, job);
  if (!job.rendered) throw new CoinboothError('AssetUnavailable', `Job ${jobId} has no result yet.`);

  const fetched = await fetchResult(deliverer, job);
  if ('unavailable' in fetched) {
    // The pin allows this host now. The job waits for the host to answer.
    if (job.held) await record(deliverer, job, { type: 'unheld', at: deliverer.clock() });
    throw new CoinboothError('AssetUnavailable', `Job ${jobId}: ${fetched.unavailable}.`);
  }
  if ('held' in fetched) return held(deliverer, job, fetched.held);
  if ('unacceptable' in fetched) return refused(deliverer, job, fetched.unacceptable);
  await using file = fetched.file;
  const inspected = await inspectAsset(file);
  // The file is closed at the return: nothing may be under way by then.
  if ('refused' in inspected) return await refused(deliverer, job, inspected.refused, file);
  return await ended(deliverer, job, await keepAsset(deliverer, job, file, inspected));
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

/** Nothing is thrown away and nothing is paid: the seller is asked for a fresh address until the origin is allowed. */
async function held(deliverer: Deliverer, before: Job, origin: string): Promise<void> {
  const at = deliverer.clock();
  // The operator's list comes first: a crash between leaves a line too many, never a job that nobody sees.
  await deliverer.hosts.noteHeld({ origin, jobId: before.jobId, at });
  await waitOn(
    deliverer,
    before,
    { type: 'held', origin, at },
    metrics.resultHeld,
    `the result is held on ${origin}`,
  );
}

/** The bytes come before the record, which names them. */
async function refused(deliverer: Deliverer, before: Job, why: string, file?: DownloadedFile): Promise<void> {
  const at = deliverer.clock();
  const quarantined = file && (await quarantine(deliverer, before, file, { reason: why, at }));
  const event: JobEvent = { type: 'assetFailed', reason: why, quarantined, at };
  await waitOn(deliverer, before, event, metrics.resultQuarantined, why);
}

async function waitOn(
  deliverer: Deliverer,
  before: Job,
  event: JobEvent,
  metric: HouseMetric,
  why: string,
): Promise<void> {
  const { job } = await record(deliverer, before, event);
  if (job.end) return announceOnce(deliverer, job);
  deliverer.count?.([[metric, 1]], job.jobId);
  throw new CoinboothError('AssetUnavailable', `Job ${job.jobId}: ${why}.`);
}

async function announceOnce(deliverer: Deliverer, job: Job): Promise<void> {
  if (job.end && job.announcedAt === undefined) await announce(deliverer, job);
}

import { sideCarOf } from '../../functions/poller/side-car.ts';
import { record } from '../../functions/record.ts';
import { sideCarKey } from '../../shared/core/asset.ts';
import type { Asset, Job } from '../../shared/core/job-record.ts';
import { type Quarantined, releasedKey } from '../../shared/core/refused-result.ts';
import type { Deployment } from './deployment.ts';

const keyForm = /^quarantine\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-[0-9a-f]{16}$/;

/** In words for the person who named it. */
export class NotInQuarantine extends Error {}

/** What of a deployment is needed to release a result. */
type Releasing = Pick<
  Deployment,
  'ledger' | 'quarantine' | 'payments' | 'assets' | 'objects' | 'picturesBucket'
> & { readonly settings: Pick<Deployment['settings'], 'timings'> };
type Discarding = Pick<Releasing, 'ledger' | 'quarantine' | 'objects' | 'picturesBucket' | 'settings'>;

/** The job that quarantined bytes are of; undefined for a key of another form. */
export const jobIdIn = (key: string): string | undefined => keyForm.exec(key)?.[1];

/**
 * Gives quarantined bytes to their caller. A job that still runs is delivered, and announced as any other; one that has
 * ended keeps its end, and its answer has an address of the file beside it. The copy comes before the record, and what is
 * in quarantine goes last: a crash between leaves it there, and the same command again ends the work.
 * @throws NotInQuarantine when there is nothing to release under this key
 * @throws Error when other writes were first each time: the bytes are where they were
 */
export async function releaseResult(
  deployment: Releasing,
  key: string,
): Promise<{ readonly jobId: string; readonly did: 'delivered' | 'released' }> {
  const { ledger, quarantine, payments } = deployment;
  const { job, entry } = await find(deployment, key);
  const { jobId } = job;
  const { sha256, bytes } = entry;
  const file = { key: releasedKey(jobId, sha256), sha256, bytes };
  const given = job.asset?.key ?? job.released?.key;
  if (given !== undefined && given !== file.key)
    throw new NotInQuarantine(`Job ${jobId} has a result already; discard this one.`);
  await quarantine.copyOut(key, file.key);
  const ports = { ledger, timings: deployment.settings.timings };
  const at = Date.now();
  let after = job;
  if (!job.end) {
    const asset: Asset = { ...file, format: 'bin', mismatch: ['format'] };
    const sideCar = `${JSON.stringify(sideCarOf(job, asset, at), null, 2)}\n`;
    await deployment.assets.putJson(sideCarKey(file.key), sideCar);
    ({ job: after } = await record(ports, job, { type: 'delivered', asset, at }));
    // The payer announces it.
    await payments.send({ jobId }, jobId);
  }
  if (after.asset === undefined)
    ({ job: after } = await record(ports, after, { type: 'released', released: { ...file, at }, at }));
  const isDelivered = after.asset?.key === file.key;
  if (!isDelivered && after.released?.key !== file.key) {
    // What was erased meanwhile is not to come back.
    if (!after.quarantine?.some((one) => one.key === key))
      await deployment.objects.remove(deployment.picturesBucket, file.key);
    throw new Error(`Job ${jobId} was written by others meanwhile; run the same command again.`);
  }
  await discard(deployment, after, key);
  return { jobId, did: isDelivered ? 'delivered' : 'released' };
}

/**
 * Removes bytes from quarantine.
 * @throws NotInQuarantine when nothing lies under this key
 */
export async function discardResult(deployment: Discarding, key: string): Promise<string> {
  const jobId = jobIdIn(key);
  const job = jobId === undefined ? undefined : await deployment.ledger.read(jobId);
  if (jobId === undefined || !(await deployment.quarantine.list()).some((there) => there.key === key))
    throw new NotInQuarantine(`There is nothing in quarantine under ${key}.`);
  if (job) await discard(deployment, job, key);
  else await deployment.objects.remove(deployment.picturesBucket, key);
  return jobId;
}

async function discard(deployment: Discarding, job: Job, key: string): Promise<void> {
  const { ledger, objects, picturesBucket, settings } = deployment;
  await objects.remove(picturesBucket, key);
  // Another write may come first: the row is read again.
  for (let tries = 0, before: Job | undefined = job; before && tries < 5; tries += 1) {
    const event = { type: 'discarded', key, at: Date.now() } as const;
    const { outcome } = await record({ ledger, timings: settings.timings }, before, event);
    if (outcome === 'written') return;
    before = await ledger.read(job.jobId);
    if (!before?.quarantine?.some((entry) => entry.key === key)) return;
  }
}

async function find(
  { ledger }: Pick<Deployment, 'ledger'>,
  key: string,
): Promise<{ job: Job; entry: Quarantined }> {
  const jobId = jobIdIn(key);
  const job = jobId === undefined ? undefined : await ledger.read(jobId);
  const entry = job?.quarantine?.find((one) => one.key === key);
  if (!job || !entry) throw new NotInQuarantine(`No job names ${key} as its quarantined result.`);
  return { job, entry };
}

import { mediaOf, offeringOf, withMedia } from '../../shared/core/catalogue.ts';
import { acceptedJob } from '../../shared/core/evolve.ts';
import { moneyOf } from '../../shared/core/job-money.ts';
import { houseCaller, type Job, type NeededUpload } from '../../shared/core/job-record.ts';
import type { Offering } from '../../shared/core/offering.ts';
import { isPublicUrl } from '../../shared/core/reference.ts';
import { scopesOf } from '../../shared/core/switches.ts';
import { uploadOffering } from '../../shared/core/upload.ts';
import { noPlaceForFiles, placesAtomic, pricedBody } from '../priced-body.ts';
import { record } from '../record.ts';
import { choose } from './choose.ts';
import { type File, readFile } from './file.ts';
import type { Payer } from './payer.ts';
import { refuse, standAside } from './refuse.ts';
import { sharesOf } from './shares.ts';

/** A purchase of an upload has this long; its authorization lives for five minutes at the most. */
const uploadDeadlineMilliseconds = 7 * 60_000;
const pauseMilliseconds = 1_500;

/** Goes on with an upload's own job; the payer's loop, handed in. */
export type PayUpload = (jobId: string) => Promise<Job | undefined>;

/**
 * Finds a place at the seller for every file that a request names, buying those that are not there yet; then freezes
 * what will be sent. Each place is a purchase of its own with one authorization, shared by every job that needs the
 * same bytes (design.md §3). The price of the main purchase is looked at first: nothing is bought for a request that
 * would be refused.
 */
export async function prepare(payer: Payer, job: Job, payUpload: PayUpload): Promise<Job> {
  // An upload's own job is nobody's, so that the switches of whoever needs it are asked here.
  const switches = await payer.control.readSwitches();
  if (switches.some(({ scope, enabled }) => !enabled && scopesOf(job).includes(scope)))
    return standAside(payer, job);
  return job.uploads ? goOn(payer, job, job.uploads, payUpload) : begin(payer, job);
}

async function begin(payer: Payer, job: Job): Promise<Job> {
  const entry = offeringOf(job.offering);
  if (!entry) return refuse(payer, job, { name: 'InputInvalid', message: `There is no ${job.offering}.` });
  if (!payer.policy.uploads) return refuse(payer, job, { name: 'InputInvalid', message: noPlaceForFiles });
  const uploads: NeededUpload[] = [];
  for (const reference of new Set(job.references)) {
    const file = await readFile(payer, job.caller, reference);
    if ('refused' in file) return refuse(payer, job, inputInvalid(reference, file.refused));
    const place = await findPlace(payer, file);
    if ('refused' in place) return refuse(payer, job, inputInvalid(reference, place.refused));
    // Other files of the same bytes are in the same place.
    const isNew = place.isNew && !uploads.some(({ jobId }) => jobId === place.jobId);
    uploads.push({ reference, jobId: place.jobId, amountAtomic: '0', money: isNew ? 'open' : 'none' });
  }
  const places = uploads.filter(({ money }) => money === 'open').length;
  if (places > 0) {
    const refused = await tooDear(payer, job, entry, places);
    if (refused) return refused;
  }
  const at = payer.clock();
  return (await record(payer, job, { type: 'uploading', uploads, at })).job;
}

/** Asks the price with a stand-in for what has no address yet: the seller prices the options, not the files. */
async function tooDear(payer: Payer, job: Job, entry: Offering, places: number): Promise<Job | undefined> {
  const body = pricedBody(payer.policy.origin, entry, job.body, job.references ?? []);
  const uploadsAtomic = placesAtomic(places);
  const chosen = await choose(payer, job, { entry, body, uploadsAtomic, without: [] });
  return 'stands' in chosen ? chosen.stands : undefined;
}

/**
 * The job that buys, or bought, a place for these bytes. A place that the seller no longer keeps, and a purchase that
 * ended without one, are followed by another edition; never one whose money is still open.
 */
async function findPlace(
  payer: Payer,
  file: File,
): Promise<{ jobId: string; isNew: boolean } | { refused: string }> {
  const { edition, upload } = await newestEdition(payer, file);
  const jobId = payer.uploadId(file.source.sha256, edition);
  if (!upload) return { jobId, isNew: true };
  if (!upload.end) return { jobId, isNew: false };
  if (upload.status === 'delivered' && (await isKept(payer, upload))) return { jobId, isNew: false };
  if (upload.status === 'unresolved' && moneyOf(upload) === 'open')
    return { refused: 'was uploaded before, and whether that was paid is still open' };
  return { jobId: payer.uploadId(file.source.sha256, edition + 1), isNew: true };
}

/**
 * The newest edition of a file's place, or the first where there is none. Each follows the one before it, and what is
 * needed every day has hundreds: it is looked for by doubling, and then by halves.
 */
async function newestEdition(
  payer: Payer,
  { source: { sha256 } }: File,
): Promise<{ edition: number; upload: Job | undefined }> {
  const read = (edition: number) => payer.ledger.read(payer.uploadId(sha256, edition));
  let newest = { edition: 1, upload: await read(1) };
  let missing = newest.upload ? Number.POSITIVE_INFINITY : 1;
  while (newest.edition + 1 < missing) {
    const edition =
      missing === Number.POSITIVE_INFINITY ? 2 * newest.edition : (newest.edition + missing) >> 1;
    const upload = await read(edition);
    if (upload) newest = { edition, upload };
    else missing = edition;
  }
  return newest;
}

async function isKept(payer: Payer, { end, blobUrl = '' }: Job): Promise<boolean> {
  const keepSeconds = payer.policy.uploads?.keepSeconds ?? 0;
  if ((end?.at ?? 0) + keepSeconds * 1000 <= payer.clock()) return false;
  // A host that is neither known nor public is not connected to; then the time is all there is to go by.
  if (!isPublicUrl(blobUrl, payer.knownOrigins)) return true;
  const isListed = payer.knownOrigins.includes(new URL(blobUrl).origin);
  return (await payer.seller.hasFile(blobUrl, isListed)) !== false;
}

async function goOn(
  payer: Payer,
  job: Job,
  needed: readonly NeededUpload[],
  payUpload: PayUpload,
): Promise<Job> {
  const jobs = new Map<string, Job>();
  for (const { jobId, reference } of needed) {
    if (jobs.has(jobId)) continue;
    const upload = (await payer.ledger.read(jobId)) ?? (await accept(payer, job, jobId, reference));
    if (!upload) return refuse(payer, job, inputInvalid(reference, 'changed while it was being uploaded'));
    jobs.set(jobId, upload.end ? upload : ((await payUpload(jobId)) ?? upload));
  }
  const uploads = sharesOf(job, needed, jobs);
  const failed = [...jobs.values()].find(({ end, status }) => end && status !== 'delivered');
  if (failed?.end) {
    const message = `A file could not be uploaded: ${failed.end.reason?.message ?? failed.status}`;
    return refuse(payer, job, { name: failed.end.reason?.name ?? 'Defect', message }, uploads);
  }
  const at = payer.clock();
  const waiting = [...jobs.values()].filter(({ end }) => !end);
  if (waiting.length > 0) {
    const untilAt = Math.max(at + pauseMilliseconds, Math.min(...waiting.map(({ dueAt }) => dueAt ?? at)));
    return (await record(payer, job, { type: 'postponed', untilAt, at })).job;
  }
  const addresses = new Map(needed.map(({ reference, jobId }) => [reference, jobs.get(jobId)?.blobUrl]));
  const entry = offeringOf(job.offering);
  const sent = entry && withMedia(entry, job.body, (media) => addresses.get(media) ?? media);
  if (!sent || mediaOf(entry, sent).some((media) => addresses.has(media)))
    return refuse(payer, job, { name: 'Defect', message: 'A file has no address at the seller.' }, uploads);
  return (await record(payer, job, { type: 'prepared', sent, uploads, at })).job;
}

/** Writes the upload's job; from then on it goes its own way, whatever becomes of the job that needs it. */
async function accept(payer: Payer, job: Job, jobId: string, reference: string): Promise<Job | undefined> {
  const file = await readFile(payer, job.caller, reference);
  if ('refused' in file) return undefined;
  const place = await findPlace(payer, file);
  if ('refused' in place || place.jobId !== jobId) return undefined;
  const now = payer.clock();
  const upload = acceptedJob(
    {
      jobId,
      caller: houseCaller,
      offering: uploadOffering,
      body: JSON.stringify({ filename: file.filename, contentType: file.contentType, size: file.size }),
      forJobId: job.jobId,
      source: file.source,
      deadlineAt: now + uploadDeadlineMilliseconds,
      now,
    },
    payer.timings,
  );
  const accepted = await payer.ledger.accept(upload);
  return 'job' in accepted ? accepted.job : undefined;
}

const inputInvalid = (reference: string, why: string) =>
  ({ name: 'InputInvalid', message: `${nameOf(reference)} ${why}.` }) as const;

/** A web address may be a secret; ids and object names are not. */
const nameOf = (reference: string): string =>
  reference.includes('://') && !reference.startsWith('s3://') ? 'A reference' : reference;

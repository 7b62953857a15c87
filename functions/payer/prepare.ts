import { mediaOf, offeringOf, withMedia } from '../../shared/core/catalogue.ts';
import { acceptedJob } from '../../shared/core/evolve.ts';
import { houseCaller, type Job, type NeededUpload } from '../../shared/core/job-record.ts';
import { scopesOf } from '../../shared/core/switches.ts';
import { uploadOffering } from '../../shared/core/upload.ts';
import { noPlaceForFiles } from '../priced-body.ts';
import { record } from '../record.ts';
import { earmarkBudget } from './earmark.ts';
import { readFile } from './file.ts';
import { findSlot, type Slot } from './find-slot.ts';
import type { Payer } from './payer.ts';
import { refuse, standAside } from './refuse.ts';
import { sharesOf } from './shares.ts';

/** A purchase of an upload has this long; its authorization lives for five minutes at the most. */
const uploadDeadlineMilliseconds = 7 * 60_000;
const pauseMilliseconds = 1_500;

/** Goes on with an upload's own job; the payer's loop, handed in. */
export type PayUpload = (jobId: string) => Promise<Job | undefined>;

/**
 * Finds an upload slot at the seller for every file that a request names, buys those that nobody has bought, and then
 * writes down what will be sent. Each slot is a purchase of its own with one authorization, shared by every job that
 * needs the same bytes. Before the first one is bought, the caller's budgets hold the price of all of them and of the
 * request: nothing is bought for a request that would be refused.
 */
export async function prepare(payer: Payer, job: Job, payUpload: PayUpload): Promise<Job> {
  // A job whose caller or model is stopped helps no upload along, not even one of another job.
  const switches = await payer.control.readSwitches();
  if (switches.some(({ scope, enabled }) => !enabled && scopesOf(job).includes(scope)))
    return standAside(payer, job);
  return job.uploads ? goOn(payer, job, job.uploads, payUpload) : begin(payer, job);
}

async function begin(payer: Payer, job: Job): Promise<Job> {
  if (!payer.policy.uploads) return refuse(payer, job, { name: 'InputInvalid', message: noPlaceForFiles });
  const uploads: NeededUpload[] = [];
  const slots = new Map<string, Slot>();
  for (const reference of new Set(job.references)) {
    const file = await readFile(payer, job.caller, reference);
    if ('refused' in file) return refuse(payer, job, inputInvalid(reference, file.refused));
    const slot = await findSlot(payer, file);
    if ('refused' in slot) return refuse(payer, job, inputInvalid(reference, slot.refused));
    uploads.push({ reference, jobId: slot.jobId, amountAtomic: '0', money: 'none' });
    // Files of the same bytes share a slot.
    if (!slot.isFilled) slots.set(slot.jobId, slot);
  }
  const unbought = [...slots.values()].filter(({ isNew }) => isNew).length;
  if (slots.size > 0) return earmarkBudget(payer, job, { uploads, slots: [...slots.keys()], unbought });
  return (await record(payer, job, { type: 'uploading', uploads, at: payer.clock() })).job;
}

async function goOn(
  payer: Payer,
  job: Job,
  needed: readonly NeededUpload[],
  payUpload: PayUpload,
): Promise<Job> {
  const jobs = new Map<string, Job>();
  const ids = [...new Set(needed.map(({ jobId }) => jobId))];
  for (const jobId of ids) {
    const upload = await payer.ledger.read(jobId);
    if (!upload) return beginUpload(payer, job, jobId);
    jobs.set(jobId, upload.end ? upload : ((await payUpload(jobId)) ?? upload));
  }
  const uploads = sharesOf(job, needed, jobs);
  const failed = [...jobs.values()].find(({ end, status }) => end && status !== 'delivered');
  // Another job began this upload, and its file or its budget failed. This job holds the price of the slot: it buys one.
  if (failed && failed.forJobId !== job.jobId) return begin(payer, job);
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

/**
 * Writes an upload's job, and takes what is held for its slot from the job that needs it, in one transaction. From then
 * on the upload goes its own way, whatever becomes of that job.
 */
async function beginUpload(payer: Payer, job: Job, uploadId: string): Promise<Job> {
  const { earmark, uploads = [] } = job;
  const slot = earmark?.slots.find(({ jobId }) => jobId === uploadId);
  // Jobs of the first release hold nothing for their uploads yet.
  if (!earmark || !slot) {
    const slots = await missing(payer, uploads);
    return earmarkBudget(payer, job, { uploads, slots, unbought: slots.length });
  }
  const { reference = '' } = uploads.find(({ jobId }) => jobId === uploadId) ?? {};
  const file = await readFile(payer, job.caller, reference);
  const found = 'refused' in file ? file : await findSlot(payer, file);
  if ('refused' in file || 'refused' in found || found.jobId !== uploadId)
    return refuse(payer, job, inputInvalid(reference, 'changed while it was being uploaded'));
  const now = payer.clock();
  const upload = acceptedJob(
    {
      jobId: uploadId,
      caller: houseCaller,
      offering: uploadOffering,
      body: JSON.stringify({ filename: file.filename, contentType: file.contentType, size: file.size }),
      forJobId: job.jobId,
      forCaller: job.caller,
      forOffering: job.offering,
      source: file.source,
      earmark: { day: earmark.day, holds: slot.holds, slots: [] },
      deadlineAt: now + uploadDeadlineMilliseconds,
      now,
    },
    payer.timings,
  );
  const event = { type: 'uploadBegun', uploadId, at: now } as const;
  const begun = await record(payer, job, event, undefined, { running: true, begins: upload });
  return begun.outcome === 'stopped' ? standAside(payer, begun.job) : begun.job;
}

/** Ids of the uploads that have no job yet. */
async function missing(payer: Payer, uploads: readonly NeededUpload[]): Promise<string[]> {
  const ids = [...new Set(uploads.map(({ jobId }) => jobId))];
  const jobs = await Promise.all(ids.map((jobId) => payer.ledger.read(jobId)));
  return ids.filter((_, index) => jobs[index] === undefined);
}

const inputInvalid = (reference: string, why: string) =>
  ({ name: 'InputInvalid', message: `${nameOf(reference)} ${why}.` }) as const;

/** A web address may be a secret; ids and object names are not. */
const nameOf = (reference: string): string =>
  reference.includes('://') && !reference.startsWith('s3://') ? 'A reference' : reference;

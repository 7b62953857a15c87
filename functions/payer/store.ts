import { createHash } from 'node:crypto';
import { CoinboothError } from '../../shared/core/errors.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { longestUploadBytes } from '../../shared/core/upload.ts';
import { record } from '../record.ts';
import type { Payer } from './payer.ts';

const pauseMilliseconds = 3_000;

/**
 * Puts the file of a paid upload where the seller's leave allows it, and has that confirmed. Both can be
 * done again until the leave runs out; after that the place is lost, and was paid for.
 */
export async function store(payer: Payer, job: Job): Promise<Job> {
  const { source, leave, sellerJobId } = job;
  const putUrl = payer.policy.uploads?.putUrl;
  if (!source || !leave || sellerJobId === undefined || putUrl === undefined)
    throw new CoinboothError('Defect', `Upload ${job.jobId} has no file, no leave or nowhere to go.`);
  const read = await payer.files.read(source.bucket, source.key, longestUploadBytes);
  const isSame = 'bytes' in read && createHash('sha256').update(read.bytes).digest('hex') === source.sha256;
  if (!isSame) return lose(payer, job, 'its file changed or went away after its place was paid for');

  const { contentType } = JSON.parse(job.body) as { contentType: string };
  const put = await payer.seller.putFile(putUrl, leave, contentType, read.bytes);
  const { payer: paidBy, network } = job.purchase ?? {};
  const confirmed =
    'url' in put ? await payer.seller.confirmUpload(sellerJobId, put.url, paidBy, network) : put;
  const at = payer.clock();
  if ('blobUrl' in confirmed)
    return (await record(payer, job, { type: 'stored', blobUrl: confirmed.blobUrl, at })).job;
  return (await record(payer, job, { type: 'postponed', untilAt: at + pauseMilliseconds, at })).job;
}

async function lose(payer: Payer, job: Job, why: string): Promise<Job> {
  const reason = { name: 'AssetInvalid', message: `The upload is lost: ${why}.` } as const;
  return (await record(payer, job, { type: 'undelivered', reason, at: payer.clock() })).job;
}

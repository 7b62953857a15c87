import { createHash } from 'node:crypto';
import type { Ledger } from '../shared/aws/dynamodb.ts';
import type { Announcements } from '../shared/aws/eventbridge.ts';
import type { JobEnded, PaymentResolved } from '../shared/contracts/event.ts';
import type { Payment } from '../shared/contracts/http.ts';
import { sideCarKey } from '../shared/core/asset.ts';
import { offeringOf } from '../shared/core/catalogue.ts';
import { boughtFor, moneyOf, paidUploads, retryCanHelp, transactionOf } from '../shared/core/job-money.ts';
import { type EndStatus, isOurOwn, type Job } from '../shared/core/job-record.ts';
import { asItEnded, owedUploads, owesOwn } from '../shared/core/resolution.ts';
import type { Timings } from '../shared/core/timings.ts';
import { record } from './record.ts';

/** Who watches is told of every end, once it is announced. */
export interface Watched {
  readonly watch?: (job: Job, announced: 'end' | 'resolution') => void;
}

interface AnnouncePorts extends Watched {
  readonly ledger: Ledger;
  readonly announcements: Announcements;
  readonly timings: Timings;
  readonly clock: () => number;
}

/**
 * Announces a job's end: at least once, always under the same id; the job is finished when that is recorded.
 * Whoever wrote the end calls this; after a crash between the two, the sweeper brings the job back to it.
 */
export async function announce(ports: AnnouncePorts & { bucketName: string }, job: Job): Promise<Job> {
  // No caller asked for it by itself: of an upload, the job that needed it tells what it cost.
  if (!isOurOwn(job)) await ports.announcements.put(jobEnded(job, ports.bucketName));
  ports.watch?.(job, 'end');
  return (await record(ports, job, { type: 'announced', at: ports.clock() })).job;
}

/** What was signed for a job, and the transaction that settled it as far as it is known. */
export const paymentOf = (job: Job, purchase: NonNullable<Job['purchase']>): Payment => ({
  amountAtomic: purchase.amountAtomic,
  network: purchase.network,
  asset: purchase.asset,
  payTo: purchase.payTo,
  payer: purchase.payer,
  nonce: purchase.nonce,
  ...transactionOf(job),
});

/**
 * Announces what became of the money of a job that ended without knowing: once more, and of each payment that was open
 * by itself, under an id of its own.
 */
export async function announceResolution(ports: AnnouncePorts, job: Job): Promise<Job> {
  for (const resolution of await resolutionsOf(ports, job)) await ports.announcements.put(resolution);
  ports.watch?.(job, 'resolution');
  return (await record(ports, job, { type: 'resolutionAnnounced', at: ports.clock() })).job;
}

async function resolutionsOf({ ledger }: AnnouncePorts, job: Job): Promise<PaymentResolved[]> {
  const own = owesOwn(job) ? [paymentResolved(job, job)] : [];
  const uploads = owedUploads(job).map(async (upload) =>
    paymentResolved(job, boughtFor(job, await ledger.read(upload)), upload),
  );
  return [...own, ...(await Promise.all(uploads))];
}

/** Of a job's own payment, or of a place for a file of its request: in the end, nothing may have been signed for it. */
function paymentResolved(job: Job, paid: Job | undefined, upload?: string): PaymentResolved {
  const { purchase, proof } = paid ?? {};
  const signed = purchase?.firstSentAt === undefined ? undefined : purchase;
  const about = upload === undefined ? job.jobId : `${job.jobId} ${upload}`;
  return {
    id: createHash('sha256').update(`${about} resolved`).digest('hex'),
    jobId: job.jobId,
    caller: job.caller,
    status: endOf(job).status,
    outcome: proof?.state ?? 'dead',
    at: new Date(proof?.at ?? job.updatedAt).toISOString(),
    amountAtomic: signed?.amountAtomic ?? '0',
    ...(signed && { nonce: signed.nonce }),
    ...(proof?.transaction !== undefined && { transaction: proof.transaction }),
    ...(upload !== undefined && { upload }),
  };
}

/** The event of a job's end, as it was known then: a repetition says the same. */
export const jobEnded = (job: Job, bucketName: string): JobEnded => asOfNow(asItEnded(job), bucketName);

/** What there is to say of a job that is over, by what is known now. */
export function asOfNow(job: Job, bucketName: string): JobEnded {
  const { purchase, asset } = job;
  const { status, at, reason } = endOf(job);
  return {
    id: createHash('sha256').update(`${job.jobId} ended`).digest('hex'),
    jobId: job.jobId,
    caller: job.caller,
    type: offeringOf(job.offering)?.type ?? job.offering,
    status,
    money: moneyOf(job),
    retryCanHelp: retryCanHelp(job),
    endedAt: new Date(at).toISOString(),
    ...(reason && { reason }),
    ...(purchase?.firstSentAt !== undefined && {
      payment: paymentOf(job, purchase),
    }),
    ...(job.uploads && { uploads: paidUploads(job) }),
    ...(asset && { asset: { bucket: bucketName, sideCar: sideCarKey(asset.key), ...asset } }),
    ...(job.manifest && { manifest: job.manifest }),
  };
}

function endOf({ jobId, status, end }: Job) {
  if (!end) throw new Error(`Job ${jobId} has no end to announce.`);
  return { ...end, status: status as EndStatus };
}

import { createHash } from 'node:crypto';
import type { Ledger } from '../shared/aws/dynamodb.ts';
import type { Announcements } from '../shared/aws/eventbridge.ts';
import type { JobEnded, PaymentResolved } from '../shared/contracts/event.ts';
import type { Payment } from '../shared/contracts/http.ts';
import { sideCarKey } from '../shared/core/asset.ts';
import { offeringOf } from '../shared/core/catalogue.ts';
import {
  type EndStatus,
  endStatuses,
  isOurOwn,
  type Job,
  moneyOf,
  paidUploads,
  retryCanHelp,
  transactionOf,
} from '../shared/core/job-record.ts';
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
  // That it is settled was said before, where the seller had said it.
  const isNews = job.status === 'unresolved' || !job.settlement?.success;
  const own = job.proof && isNews ? [paymentResolved(job, job)] : [];
  const places = new Set((job.uploads ?? []).flatMap(({ jobId, resolved }) => (resolved ? [jobId] : [])));
  const uploads = await Promise.all([...places].map((jobId) => ledger.read(jobId)));
  return [...own, ...[...places].map((jobId, index) => paymentResolved(job, uploads[index], jobId))];
}

/** Of a job's own payment, or of a place for a file of its request: in the end, nothing may have been signed for it. */
function paymentResolved(job: Job, paid: Job | undefined, upload?: string): PaymentResolved {
  // What another job bought is told of by that one.
  const isItsOwn = paid && (upload === undefined || paid.forJobId === job.jobId);
  const { purchase, proof } = isItsOwn ? paid : {};
  const signed = purchase?.firstSentAt === undefined ? undefined : purchase;
  const about = upload === undefined ? job.jobId : `${job.jobId} ${upload}`;
  return {
    id: createHash('sha256').update(`${about} resolved`).digest('hex'),
    jobId: job.jobId,
    caller: job.caller,
    outcome: proof?.state ?? 'dead',
    at: new Date(proof?.at ?? job.updatedAt).toISOString(),
    amountAtomic: signed?.amountAtomic ?? '0',
    ...(signed && { nonce: signed.nonce }),
    ...(proof?.transaction !== undefined && { transaction: proof.transaction }),
    ...(upload !== undefined && { upload }),
  };
}

/** The event of a job's end: of its money, what was known then, so that a repetition says no other. */
export function jobEnded(job: Job, bucketName: string): JobEnded {
  const { purchase, asset, end } = job;
  if (!end || !isEnd(job.status)) throw new Error(`Job ${job.jobId} has no end to announce.`);
  const { proof: _later, ...asItWas } = job;
  return {
    id: createHash('sha256').update(`${job.jobId} ended`).digest('hex'),
    jobId: job.jobId,
    caller: job.caller,
    type: offeringOf(job.offering)?.type ?? job.offering,
    status: job.status,
    money: end.isOpen ? 'open' : moneyOf(job),
    retryCanHelp: !end.isOpen && retryCanHelp(job),
    endedAt: new Date(end.at).toISOString(),
    ...(end.reason && { reason: end.reason }),
    ...(purchase?.firstSentAt !== undefined && {
      payment: paymentOf(end.isOpen ? asItWas : job, purchase),
    }),
    ...(job.uploads && { uploads: paidUploads(job) }),
    ...(asset && { asset: { bucket: bucketName, sideCar: sideCarKey(asset.key), ...asset } }),
    ...(job.manifest && { manifest: job.manifest }),
  };
}

const isEnd = (status: Job['status']): status is EndStatus =>
  (endStatuses as readonly string[]).includes(status);

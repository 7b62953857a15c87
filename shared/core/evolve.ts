import type { Authorization } from './authorization.ts';
import type { Hold } from './budget.ts';
import type { Reason } from './errors.ts';
import { deadlineSecondsOf, maySend, owesResolution, workflowOverdueAt } from './job.ts';
import {
  type Asset,
  type EndStatus,
  isUpload,
  type Job,
  moneyOf,
  type NeededUpload,
  needsUploads,
  type Proof,
  type SettlementClaim,
  transactionOf,
  type UploadLeave,
} from './job-record.ts';
import type { Timings } from './timings.ts';

/** What can happen to a job. Times are Unix milliseconds. */
export type JobEvent = { readonly at: number } & (
  | { readonly type: 'postponed'; readonly untilAt: number }
  | { readonly type: 'cancelled' }
  /** From here on its uploads may cost something. */
  | { readonly type: 'uploading'; readonly uploads: readonly NeededUpload[] }
  /** Every file has its place: this is what will be sent. */
  | { readonly type: 'prepared'; readonly sent: string; readonly uploads: readonly NeededUpload[] }
  | {
      readonly type: 'reserved';
      readonly purchaseId: string;
      readonly generation: number;
      readonly authorization: Authorization;
      readonly decimals: number;
      readonly day: string;
      readonly holds: readonly Hold[];
      readonly unseen: string;
    }
  | { readonly type: 'authorized' | 'sending'; readonly leaseUntil: number }
  | {
      readonly type: 'unsettled';
      readonly evidence: string;
      /** The same bytes would be answered the same. */
      readonly final?: boolean;
      readonly settlement?: SettlementClaim | undefined;
    }
  | { readonly type: 'lookedUp' | 'requeued' }
  | {
      readonly type: 'submitted';
      readonly sellerJobId: string;
      readonly settlement?: SettlementClaim | undefined;
      /** Of an upload. */
      readonly leave?: UploadLeave | undefined;
    }
  /** An upload's file is at the seller. */
  | { readonly type: 'stored'; readonly blobUrl: string }
  | { readonly type: 'workflowStarted'; readonly run: number }
  | { readonly type: 'rendered'; readonly url: string; readonly thumbnailUrl?: string | undefined }
  | { readonly type: 'assetFailed' }
  | { readonly type: 'delivered'; readonly asset: Asset }
  /** Nothing was signed for it; what its uploads cost by then, where it had any. */
  | { readonly type: 'refused'; readonly reason: Reason; readonly uploads?: readonly NeededUpload[] }
  | { readonly type: 'unresolved'; readonly reason: Reason }
  | { readonly type: 'undelivered'; readonly reason: Reason; readonly sellerSays?: string | undefined }
  /** A final block shows what became of the authorization. */
  | { readonly type: 'proven'; readonly proof: Proof }
  | { readonly type: 'announced' | 'resolutionAnnounced' }
);

/** What a job starts with. */
export type NewJob = Pick<Job, 'jobId' | 'caller' | 'offering' | 'body'> &
  Partial<
    Pick<
      Job,
      'requestHash' | 'maxPriceAtomic' | 'manifest' | 'references' | 'forJobId' | 'source' | 'deadlineAt'
    >
  > & { readonly now: number };

/** An accepted request, before anything was done for it. */
export const acceptedJob = ({ now, ...input }: NewJob, timings: Timings): Job => ({
  status: 'accepted',
  version: 1,
  acceptedAt: now,
  updatedAt: now,
  deadlineAt: now + timings.paymentDeadlineSeconds * 1000,
  dueAt: now + timings.stallSeconds * 1000,
  assetFailures: 0,
  ...input,
});

/** Not sooner than this after an answer that was no job are the same bytes sent again. */
const resendAfterMilliseconds = 3_000;

/**
 * Applies what happened to a job.
 * @returns the job as it is to be written, its version one higher, or undefined when the event no longer applies:
 *   ends are absorbing, and late news of an earlier step changes nothing.
 */
export function evolve(job: Job, event: JobEvent, timings: Timings): Job | undefined {
  const change = changeOf(job, event, timings);
  if (!change) return undefined;
  const { waitUntil: _passed, dueAt: _before, leave, ...kept } = job;
  const next: Job = {
    ...kept,
    // A token is kept for as long as it may be needed, and no longer.
    ...(leave && !change.end && { leave }),
    ...change,
    version: job.version + 1,
    updatedAt: event.at,
  };
  const dueAt =
    event.type === 'requeued' ? event.at + timings.stallSeconds * 1000 : dueAtOf(next, event.at, timings);
  return dueAt === undefined ? next : { ...next, dueAt };
}

function changeOf(job: Job, event: JobEvent, timings: Timings): Partial<Job> | undefined {
  const { status, purchase } = job;
  const unsigned = status === 'accepted' || status === 'reserved';
  const inDoubt = status === 'authorized' || status === 'unsettled';
  switch (event.type) {
    case 'postponed':
      return job.end ? undefined : { waitUntil: event.untilAt };
    case 'cancelled':
      return unsigned && moneyOf(job) === 'none' ? { cancelledAt: event.at } : undefined;
    case 'uploading':
      return status === 'accepted' && needsUploads(job) ? { uploads: [...event.uploads] } : undefined;
    case 'prepared':
      return status === 'accepted' && needsUploads(job)
        ? { sent: event.sent, uploads: [...event.uploads] }
        : undefined;
    case 'requeued':
      return job.announcedAt === undefined ? {} : undefined;
    case 'reserved':
      return unsigned ? { status: 'reserved', purchase: reservedPurchase(event) } : undefined;
    case 'authorized':
      if (status !== 'reserved' || !purchase) return undefined;
      return { ...grant(job, event.leaseUntil, event.at), status: 'authorized' };
    case 'sending':
      return inDoubt ? grant(job, event.leaseUntil, event.at) : undefined;
    case 'unsettled': {
      if (!inDoubt || !purchase) return undefined;
      const { leaseUntil: _over, ...rest } = purchase;
      return {
        status: 'unsettled',
        purchase: { ...rest, evidence: event.evidence, ...(event.final && { final: true }) },
        ...(event.settlement && { settlement: event.settlement }),
      };
    }
    case 'lookedUp': {
      if (!inDoubt || !purchase) return undefined;
      const looked = { ...purchase, lookups: purchase.lookups + 1 };
      const again = maySend({ ...job, purchase: looked }, event.at)
        ? resendAfterMilliseconds
        : timings.recoverySeconds * 1000;
      return { purchase: looked, waitUntil: event.at + again };
    }
    case 'submitted':
      return submission(job, event, timings);
    case 'workflowStarted':
      return status === 'submitted' ? { workflow: { run: event.run, startedAt: event.at } } : undefined;
    case 'rendered':
      return status === 'submitted' ? { rendered: renderedOf(event) } : undefined;
    case 'stored': {
      if (status !== 'submitted' || !isUpload(job)) return undefined;
      return { blobUrl: event.blobUrl, ...ended('delivered', event.at) };
    }
    case 'assetFailed':
      return status === 'submitted' ? { assetFailures: job.assetFailures + 1 } : undefined;
    case 'delivered':
      return status === 'submitted' ? { asset: event.asset, ...ended('delivered', event.at) } : undefined;
    case 'undelivered':
      return status === 'submitted' || (inDoubt && job.proof?.state === 'settled')
        ? ended(event.type, event.at, event.reason, claimOf(job, event.sellerSays))
        : undefined;
    case 'refused':
      return unsigned ? refusal(job, event) : undefined;
    case 'unresolved':
      return inDoubt || status === 'submitted' ? ended('unresolved', event.at, event.reason) : undefined;
    case 'proven':
      return proven(job, event.proof);
    case 'resolutionAnnounced':
      return owesResolution(job) ? { resolvedAt: event.at } : undefined;
    case 'announced':
      return job.end && job.announcedAt === undefined ? { announcedAt: event.at } : undefined;
  }
}

const reservedPurchase = (event: Extract<JobEvent, { type: 'reserved' }>): Job['purchase'] => ({
  purchaseId: event.purchaseId,
  generation: event.generation,
  amountAtomic: event.authorization.value,
  decimals: event.decimals,
  network: event.authorization.network,
  asset: event.authorization.asset,
  payTo: event.authorization.to,
  payer: event.authorization.from,
  nonce: event.authorization.nonce,
  validBefore: event.authorization.validBefore,
  reservedAt: event.at,
  reservedDay: event.day,
  holds: [...event.holds],
  holdState: 'held',
  unseen: event.unseen,
  sends: 0,
  lookups: 0,
});

const renderedOf = (event: Extract<JobEvent, { type: 'rendered' }>): Job['rendered'] => ({
  url: event.url,
  ...(event.thumbnailUrl !== undefined && { thumbnailUrl: event.thumbnailUrl }),
  at: event.at,
});

/** Nothing was signed for the job itself; when its uploads cost something, that is what it ends with. */
function refusal(job: Job, event: Extract<JobEvent, { type: 'refused' }>): Partial<Job> {
  const uploads = event.uploads ? { uploads: [...event.uploads] } : {};
  const status = ({ none: 'refused', spent: 'undelivered', open: 'unresolved' } as const)[
    moneyOf({ ...job, ...uploads })
  ];
  const released = job.purchase && { purchase: freed(job.purchase, 'released') };
  return { ...uploads, ...released, ...ended(status, event.at, event.reason) };
}

type Purchase = NonNullable<Job['purchase']>;

/** A purchase that takes from no budget any more: what it held is spent or given back, and it counts as seen. */
function freed(purchase: Purchase, holdState: 'committed' | 'released'): Purchase {
  const { unseen: _seen, ...rest } = purchase;
  return { ...rest, holdState };
}

/** Money first; the delivery goes its own way, and an end that was written stands. */
function proven(job: Job, proof: Proof): Partial<Job> | undefined {
  if (!job.purchase || job.proof) return undefined;
  const settled = proof.state === 'settled';
  const news = { proof, purchase: freed(job.purchase, settled ? 'committed' : 'released') };
  const inDoubt = job.status === 'authorized' || job.status === 'unsettled';
  if (settled || !inDoubt) return news;
  const message = 'What was signed can no longer be settled, and was not: nothing was spent.';
  return { ...news, ...ended('unpaid', proof.at, { name: 'PaymentUnsettled', message }) };
}

/** Permission for one send, written before the first byte of it leaves. */
function grant(job: Job, leaseUntil: number, at: number): Partial<Job> | undefined {
  if (!job.purchase) return undefined;
  const firstSentAt = job.purchase.firstSentAt ?? at;
  const sends = job.purchase.sends + 1;
  return { purchase: { ...job.purchase, sends, firstSentAt, lastSentAt: at, leaseUntil } };
}

/** A job id is good news whenever it comes; after the deadline it is kept as evidence and the end stands. */
function submission(
  job: Job,
  event: Extract<JobEvent, { type: 'submitted' }>,
  timings: Timings,
): Partial<Job> | undefined {
  if (!job.purchase || job.sellerJobId !== undefined) return undefined;
  const { leaseUntil: _over, unseen: _seen, ...purchase } = job.purchase;
  const news = {
    purchase,
    sellerJobId: event.sellerJobId,
    submittedAt: event.at,
    ...(event.settlement && { settlement: event.settlement }),
    ...(event.leave && { leave: event.leave }),
  };
  if (job.status === 'unresolved') return news;
  if (job.status !== 'authorized' && job.status !== 'unsettled') return undefined;
  const deadlineAt = event.leave?.expiresAt ?? event.at + deadlineSecondsOf(job, timings) * 1000;
  return { ...news, status: 'submitted', deadlineAt };
}

type End = NonNullable<Job['end']>;

const ended = (status: EndStatus, at: number, reason?: Reason, claim?: End['claim']): Partial<Job> => ({
  status,
  end: { at, ...(reason && { reason }), ...(claim && { claim }) },
});

const claimOf = (job: Job, sellerSays?: string): End['claim'] =>
  job.purchase?.firstSentAt !== undefined
    ? {
        ...(job.sellerJobId !== undefined && { sellerJobId: job.sellerJobId }),
        amountAtomic: job.purchase.amountAtomic,
        payTo: job.purchase.payTo,
        ...transactionOf(job),
        ...(sellerSays !== undefined && { sellerSays }),
      }
    : undefined;

/** When the sweeper should look at a job if nothing else moves it; undefined once it is finished. */
function dueAtOf(job: Job, now: number, timings: Timings): number | undefined {
  if (job.announcedAt !== undefined) return owesResolution(job) ? now : undefined;
  const stalled = now + timings.stallSeconds * 1000;
  if (job.end) return stalled;
  if (job.status === 'submitted' && job.workflow)
    return Math.min(workflowOverdueAt(job, job.workflow.startedAt, timings), job.deadlineAt);
  return Math.min(Math.max(job.waitUntil ?? job.purchase?.leaseUntil ?? stalled, now), job.deadlineAt);
}

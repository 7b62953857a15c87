import { claimOf, ended, unpaid } from './end.ts';
import { closeExposure, exposedUntil } from './exposure.ts';
import { awaitsProof, deadlineSecondsOf, isWatchedUnsaid, maySend, watchedUntil } from './job.ts';
import type { JobEvent } from './job-event.ts';
import { moneyOf } from './job-money.ts';
import { isUpload, type Job, needsUploads, type UploadLeave } from './job-record.ts';
import { plainText } from './plain-text.ts';
import { freed, grant, proven, reservedPurchase } from './purchase.ts';
import { asksUploads, knownAtEnd, nextAskAt, owesResolution, told } from './resolution.ts';
import { expiryOf } from './retention.ts';
import type { Timings } from './timings.ts';
import { longestLeaveMilliseconds } from './upload.ts';
import { heldResult, refusedResult } from './wait-for-result.ts';

/** What a job starts with. */
export type NewJob = Pick<Job, 'jobId' | 'caller' | 'offering' | 'body'> &
  Partial<
    Pick<
      Job,
      | 'requestHash'
      | 'maxPriceAtomic'
      | 'manifest'
      | 'references'
      | 'forJobId'
      | 'forCaller'
      | 'forOffering'
      | 'earmark'
      | 'source'
      | 'deadlineAt'
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

/**
 * Applies what happened to a job.
 * @returns the job as it is to be written, its version one higher, or undefined when the event no longer applies:
 *   ends are absorbing, and late news of an earlier step changes nothing.
 */
export function evolve(job: Job, event: JobEvent, timings: Timings): Job | undefined {
  const change = changeOf(job, event, timings);
  if (!change) return undefined;
  const { waitUntil, dueAt: _before, leave, earmark, held, ...kept } = job;
  // What a submitted job waits for stays, whatever is learned meanwhile.
  const isWaiting = job.status === 'submitted' && !change.end && (waitUntil ?? 0) > event.at;
  const isHeld = held !== undefined && !['delivered', 'assetFailed', 'unheld'].includes(event.type);
  const moved = closeExposure({
    ...kept,
    ...(isWaiting && { waitUntil }),
    ...(isHeld && { held }),
    // A token is kept for as long as it may be needed, and no longer.
    ...(leave && !change.end && { leave }),
    // The purchase holds from here on; an end holds nothing.
    ...(earmark && !change.end && !change.purchase && { earmark }),
    ...change,
    version: job.version + 1,
    updatedAt: event.at,
  });
  const own = change.end && knownAtEnd(moved);
  const next = change.end && own ? { ...moved, end: { ...change.end, own } } : moved;
  const dueAt =
    event.type === 'requeued'
      ? event.at + timings.stallSeconds * 1000
      : unmoved(job, next, dueAtOf(next, event.at, timings), timings);
  if (dueAt !== undefined) return { ...next, dueAt };
  const expiresAt = expiryOf(next, event.at, timings);
  return expiresAt === undefined ? next : { ...next, expiresAt };
}

function changeOf(job: Job, event: JobEvent, timings: Timings): Partial<Job> | undefined {
  const { status, purchase } = job;
  const unsigned = status === 'accepted' || status === 'reserved';
  const inDoubt = status === 'authorized' || status === 'unsettled';
  const isFree = status === 'submitted' && job.proof?.state === 'dead';
  switch (event.type) {
    case 'postponed':
      return job.end ? undefined : { waitUntil: event.untilAt };
    case 'cancelled':
      return unsigned && moneyOf(job) === 'none' ? { cancelledAt: event.at } : undefined;
    case 'uploading':
      return status === 'accepted' && needsUploads(job)
        ? { uploads: [...event.uploads], ...(event.earmark && { earmark: event.earmark }) }
        : undefined;
    case 'uploadBegun':
      return status === 'accepted' ? slotHandedOn(job, event.uploadId) : undefined;
    case 'prepared':
      return status === 'accepted' && needsUploads(job)
        ? {
            sent: event.sent,
            uploads: [...event.uploads],
            // Every slot is delivered, so that none has to be bought.
            ...(job.earmark && { earmark: { ...job.earmark, slots: [] } }),
          }
        : undefined;
    case 'requeued':
      return job.announcedAt === undefined ? {} : undefined;
    case 'reserved':
      return unsigned ? { status: 'reserved', purchase: reservedPurchase(event) } : undefined;
    case 'authorized':
      if (status !== 'reserved' || !purchase) return undefined;
      return { ...grant(job, event), status: 'authorized' };
    case 'sending':
      return inDoubt ? grant(job, event) : undefined;
    case 'unsettled': {
      if (!inDoubt || !purchase) return undefined;
      const { leaseUntil: _over, retryAt: _past, ...rest } = purchase;
      return {
        status: 'unsettled',
        purchase: {
          ...rest,
          evidence: plainText(event.evidence),
          ...(event.final && { final: true }),
          ...(event.retryAt !== undefined && { retryAt: event.retryAt }),
        },
        ...(event.settlement && { settlement: event.settlement }),
      };
    }
    case 'lookedUp': {
      if (!inDoubt || !purchase) return undefined;
      const looked = { ...purchase, lookups: purchase.lookups + 1 };
      const { resendSeconds, recoverySeconds } = timings;
      const { retryAt = 0 } = purchase;
      // A pause that outlasts the authorization leaves nothing to send after it.
      const waitUntil = maySend({ ...job, purchase: looked }, Math.max(event.at, retryAt))
        ? Math.max(event.at + resendSeconds * 1000, retryAt)
        : event.at + recoverySeconds * 1000;
      return { purchase: looked, waitUntil };
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
    case 'denied':
      return status === 'submitted' && !isFree && job.deniedAt === undefined
        ? { deniedAt: event.at }
        : undefined;
    case 'assetFailed':
      return status === 'submitted' ? refusedResult(job, event, timings) : undefined;
    case 'held':
      return status === 'submitted' ? heldResult(job, event, timings) : undefined;
    case 'unheld':
      return status === 'submitted' && job.held ? {} : undefined;
    case 'released':
      return job.end && !job.asset && job.quarantine?.some(({ sha256 }) => sha256 === event.released.sha256)
        ? { released: event.released }
        : undefined;
    case 'discarded': {
      const left = job.quarantine?.filter(({ key }) => key !== event.key) ?? [];
      return job.quarantine && left.length < job.quarantine.length ? { quarantine: left } : undefined;
    }
    case 'delivered':
      return status === 'submitted' ? { asset: event.asset, ...ended('delivered', event.at) } : undefined;
    case 'undelivered':
      if (isFree) return unpaid(event.at);
      return status === 'submitted' || (inDoubt && job.proof?.state === 'settled')
        ? ended(event.type, event.at, event.reason, claimOf(job, event.sellerSays))
        : undefined;
    case 'refused':
      return unsigned ? refusal(job, event) : undefined;
    case 'unresolved':
      if (isFree) return unpaid(event.at);
      return inDoubt || status === 'submitted' ? ended('unresolved', event.at, event.reason) : undefined;
    case 'proven':
      return proven(job, event.proof);
    case 'resolutionAnnounced':
      return owesResolution(job) ? told(job, event.at) : undefined;
    case 'announced':
      return job.end && job.announcedAt === undefined ? { announcedAt: event.at } : undefined;
    case 'exposureOver':
      return (exposedUntil(job) ?? Number.POSITIVE_INFINITY) <= event.at ? {} : undefined;
    case 'uploadsAsked':
      return asksUploads(job) ? asked(job, event, timings) : undefined;
  }
}

/** What was held for a slot is the upload's, which begins in the same write: from here on it may cost something. */
function slotHandedOn({ earmark, uploads = [] }: Job, uploadId: string): Partial<Job> | undefined {
  const slots = earmark?.slots.filter(({ jobId }) => jobId !== uploadId);
  if (!earmark || !slots || slots.length === earmark.slots.length) return undefined;
  const first = uploads.findIndex(({ jobId }) => jobId === uploadId);
  return {
    earmark: { ...earmark, slots },
    uploads: uploads.map((one, index) => (index === first ? { ...one, money: 'open' } : one)),
  };
}

const renderedOf = (event: Extract<JobEvent, { type: 'rendered' }>): Job['rendered'] => ({
  url: event.url,
  ...(event.thumbnailUrl !== undefined && { thumbnailUrl: event.thumbnailUrl }),
  at: event.at,
  ...(event.ranSeconds !== undefined && { ranSeconds: event.ranSeconds }),
});

function asked(
  job: Job,
  { uploads, at }: Extract<JobEvent, { type: 'uploadsAsked' }>,
  { recoverySeconds }: Timings,
): Partial<Job> {
  const next = { uploads: [...uploads] };
  return asksUploads({ ...job, ...next })
    ? { ...next, waitUntil: nextAskAt(job, at, recoverySeconds) }
    : next;
}

/** Nothing was signed for the job itself; when its uploads cost something, that is what it ends with. */
function refusal(job: Job, event: Extract<JobEvent, { type: 'refused' }>): Partial<Job> {
  const uploads = event.uploads ? { uploads: [...event.uploads] } : {};
  const status = ({ none: 'refused', spent: 'undelivered', open: 'unresolved' } as const)[
    moneyOf({ ...job, ...uploads })
  ];
  const released = job.purchase && { purchase: freed(job.purchase, 'released') };
  return { ...uploads, ...released, ...ended(status, event.at, event.reason) };
}

/** A job id is good news whenever it comes; after the deadline it is kept as evidence and the end stands. */
function submission(
  job: Job,
  event: Extract<JobEvent, { type: 'submitted' }>,
  timings: Timings,
): Partial<Job> | undefined {
  if (!job.purchase || job.sellerJobId !== undefined) return undefined;
  const { leaseUntil: _over, ...purchase } = job.purchase;
  const leave = event.leave && bounded(event.leave, event.at);
  const news = {
    purchase,
    sellerJobId: event.sellerJobId,
    submittedAt: event.at,
    // What was announced is not called something else by an answer that came after.
    ...(event.settlement && !(job.end && job.settlement?.success) && { settlement: event.settlement }),
    ...(leave && { leave }),
  };
  if (job.status === 'unresolved') return news;
  if (job.status !== 'authorized' && job.status !== 'unsettled') return undefined;
  const deadlineAt = leave?.expiresAt ?? event.at + deadlineSecondsOf(job, timings) * 1000;
  return { ...news, status: 'submitted', deadlineAt };
}

/** Its end is the seller's word, and the job's deadline: not before it was given, nor longer than anybody would wait. */
const bounded = (leave: UploadLeave, at: number): UploadLeave => ({
  ...leave,
  expiresAt: Math.min(Math.max(leave.expiresAt, at), at + longestLeaveMilliseconds),
});

/** An end that nobody announced is announced by the workflow's next try; the sweeper comes after that, and may be later. */
const patience = 6;

/**
 * A time that is near enough stays as it was: to move it costs the index twice what the job's own row costs. What waits
 * for a time of its own keeps to that.
 */
function unmoved(
  before: Job,
  next: Job,
  wanted: number | undefined,
  { stallSeconds }: Timings,
): number | undefined {
  const keepsToIt = next.waitUntil !== undefined || next.announcedAt !== undefined;
  if (wanted === undefined || before.dueAt === undefined || keepsToIt) return wanted;
  const later = before.dueAt - wanted;
  const isNear =
    Math.abs(later) <= stallSeconds * 500 || (next.end && later < patience * stallSeconds * 1000);
  return isNear && before.dueAt > next.updatedAt && before.dueAt <= next.deadlineAt ? before.dueAt : wanted;
}

/** When the sweeper should look at a job if nothing else moves it; undefined once it is finished. */
function dueAtOf(job: Job, now: number, timings: Timings): number | undefined {
  if (owesResolution(job)) return now;
  const stalled = now + timings.stallSeconds * 1000;
  if (job.announcedAt !== undefined) return asksUploads(job) ? (job.waitUntil ?? stalled) : exposedUntil(job);
  if (job.end) return stalled;
  // The index of open authorizations brings it to the reconciler, and its end brings it back.
  if (awaitsProof(job)) return undefined;
  const watchedSince =
    job.workflow?.startedAt ?? (isWatchedUnsaid(job, timings) ? job.submittedAt : undefined);
  if (job.status === 'submitted' && watchedSince !== undefined)
    return watchedUntil(job, watchedSince, timings);
  return Math.min(Math.max(job.waitUntil ?? job.purchase?.leaseUntil ?? stalled, now), job.deadlineAt);
}

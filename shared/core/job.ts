import { sendMarginSeconds } from './authorization.ts';
import { offeringOf } from './catalogue.ts';
import { exposedUntil } from './exposure.ts';
import type { JobEvent } from './job-event.ts';
import { isSigned, moneyOf } from './job-money.ts';
import { isUpload, type Job, needsUploads } from './job-record.ts';
import { heldWords } from './refused-result.ts';
import { asksUploads, owesResolution } from './resolution.ts';
import type { Timings } from './timings.ts';
import { isWithdrawal } from './withdrawal.ts';

/** What a job needs done next. Whoever does it records an event and asks again. */
export type Effect =
  | {
      readonly do:
        | 'prepare'
        | 'reserve'
        | 'sign'
        | 'send'
        | 'recover'
        | 'store'
        | 'announce'
        | 'askUploads'
        | 'announceResolution';
    }
  | { readonly do: 'startWorkflow'; readonly run: number }
  | { readonly do: 'end'; readonly event: JobEvent };

export type Step = Effect | { readonly do: 'rest' } | { readonly do: 'wait'; readonly untilAt: number };

/** The same bytes are sent so often at the most. */
export const mostSends = 3;
/** A frozen window with less than this left, and less than half of itself, is frozen anew if nothing was signed. */
const refreezeBelowSeconds = 60;

/**
 * Decides what a stored job needs next. A redelivered message, a crash and a time-out come here
 * exactly as the first delivery does.
 * @param now Unix milliseconds
 */
export function nextStep(job: Job, now: number, timings: Timings): Step {
  if (job.end) return afterEnd(job, now);
  if (awaitsProof(job)) return { do: 'rest' };
  const lease = job.purchase?.leaseUntil ?? 0;
  if (lease > now) return { do: 'wait', untilAt: lease };
  if (job.cancelledAt !== undefined && !isSigned(job)) return { do: 'end', event: cancellation(now) };
  if (now >= lastMomentOf(job, timings)) return { do: 'end', event: deadlineEvent(job, now) };
  if ((job.waitUntil ?? 0) > now) return { do: 'wait', untilAt: job.waitUntil ?? 0 };
  switch (job.status) {
    case 'accepted':
      return { do: needsUploads(job) ? 'prepare' : 'reserve' };
    case 'reserved':
      return { do: isStale(job, now) ? 'reserve' : 'sign' };
    case 'authorized':
    case 'unsettled':
      if (maySend(job, now)) return { do: 'send' };
      return isLost(job) ? { do: 'end', event: lossEvent(job, now) } : { do: 'recover' };
    default:
      return isUpload(job) ? { do: 'store' } : workflowStep(job, now, timings);
  }
}

function afterEnd(job: Job, now: number): Step {
  if (job.announcedAt === undefined) return { do: 'announce' };
  if (owesResolution(job)) return { do: 'announceResolution' };
  const asks = asksUploads(job);
  const untilAt = asks ? (job.waitUntil ?? now) : exposedUntil(job);
  if (untilAt === undefined) return { do: 'rest' };
  if (untilAt > now) return { do: 'wait', untilAt };
  return asks ? { do: 'askUploads' } : { do: 'end', event: { type: 'exposureOver', at: now } };
}

/** Seconds until the authorization can no longer be settled; zero without one. */
const lifeSeconds = (job: Job, now: number): number => (job.purchase?.validBefore ?? 0) - now / 1000;

/** Half the window, where the seller gives a short one: what is frozen anew must not be stale at once. */
function isStale(job: Job, now: number): boolean {
  const half = lifeSeconds(job, job.purchase?.reservedAt ?? now) / 2;
  return lifeSeconds(job, now) < Math.min(refreezeBelowSeconds, half);
}

/** Whether bytes that are sent now arrive while they can still be settled. */
export const isAlive = (job: Job, now: number): boolean =>
  lifeSeconds(job, now) >= sendMarginSeconds[job.purchase?.rail ?? 'x402'];

/** After each send the seller's list is looked at before the next one: a job that is there is not asked for again. */
export function maySend(job: Job, now: number): boolean {
  const { sends = 0, lookups = 0, final = false, retryAt = 0 } = job.purchase ?? {};
  // Its bytes are erased when a final block shows what became of them.
  if (job.proof) return false;
  return !final && now >= retryAt && lookups >= sends && sends < mostSends && isAlive(job, now);
}

/** An upload whose answer did not come is in no list: once its bytes are of no more use, waiting is not either. */
function isLost(job: Job): boolean {
  const { sends = 0, lookups = 0, final = false } = job.purchase ?? {};
  return isUpload(job) && (final || lookups >= sends);
}

/** Where blocks are final at once, it may be known by then that it is paid. */
function lossEvent({ proof }: Job, now: number): JobEvent {
  const isPaid = proof?.state === 'settled';
  const message = `The answer to a paid upload was lost; it ${isPaid ? 'is' : 'may be'} paid for.`;
  return {
    type: isPaid ? 'undelivered' : 'unresolved',
    reason: { name: 'SettlementUnknown', message },
    at: now,
  };
}

function workflowStep(job: Job, now: number, timings: Timings): Step {
  if (!job.workflow) return { do: 'startWorkflow', run: 1 };
  const untilAt = watchedUntil(job, job.workflow.startedAt, timings);
  return now >= untilAt ? { do: 'startWorkflow', run: job.workflow.run + 1 } : { do: 'wait', untilAt };
}

/**
 * When an undelivered job ends, Unix milliseconds: at its deadline. A job whose result was found in time, and neither
 * refused nor held, gets one more run, which only fetches that result.
 */
export function lastMomentOf(job: Job, { workflowSeconds, stallSeconds }: Timings): number {
  const isFetched = job.rendered !== undefined && !job.held && !job.refused;
  return job.deadlineAt + (isFetched ? (workflowSeconds + stallSeconds) * 1000 : 0);
}

/** When a run of the workflow that began then is over, Unix milliseconds: it is taken for lost, or the job's time is up. */
export function watchedUntil(job: Job, startedAt: number, timings: Timings): number {
  const endsAt = startedAt < job.deadlineAt ? job.deadlineAt : lastMomentOf(job, timings);
  return Math.min(workflowOverdueAt(job, startedAt, timings), endsAt);
}

/** How long one run of the workflow may watch a job, in seconds: a video takes minutes by nature. */
export const runSecondsOf = ({ offering }: Pick<Job, 'offering'>, timings: Timings): number =>
  Math.max(timings.workflowSeconds, 3 * (offeringOf(offering)?.typicalSeconds ?? 0) * timings.pollingScale);

/** Whether a job is expected to end before anybody would look for it. */
const isBrisk = (job: Pick<Job, 'offering'>, timings: Timings): boolean =>
  2 * (offeringOf(job.offering)?.typicalSeconds ?? Number.POSITIVE_INFINITY) * timings.pollingScale <=
  timings.stallSeconds;

/** Step Functions' two kinds of workflow: an express one costs a seventh, may run twice, and lasts five minutes. */
export type WorkflowKind = 'express' | 'standard';

/** The longest run that an express workflow is trusted with, which leaves a minute for the delivery. */
const longestExpressSeconds = 240;

/** The kind of workflow that watches a job: what is brisk is over before an express one is. */
export const workflowKindOf = (job: Pick<Job, 'offering'>, timings: Timings): WorkflowKind =>
  isBrisk(job, timings) && runSecondsOf(job, timings) <= longestExpressSeconds ? 'express' : 'standard';

/**
 * Whether it is not written that a job's workflow runs, which is started with it: its next news is its result. Nobody comes
 * for it before that run is over, since an express one would be started once more beside it. No workflow watches an upload,
 * however brisk: who does not come for it in time loses the seller's leave to put its file.
 */
export const isWatchedUnsaid = (job: Job, timings: Timings): boolean =>
  !isUpload(job) && workflowKindOf(job, timings) === 'express';

/** When a run of the workflow that began then is taken for lost, Unix milliseconds. */
export const workflowOverdueAt = (job: Job, startedAt: number, timings: Timings): number =>
  startedAt + (runSecondsOf(job, timings) + timings.stallSeconds) * 1000;

/**
 * When a run of the workflow that began then has watched for long enough, Unix milliseconds: before the next one would
 * come, and the last one before the deadline not before that.
 */
export const runEndsAt = (job: Job, startedAt: number, timings: Timings): number =>
  workflowOverdueAt(job, startedAt, timings) >= job.deadlineAt
    ? job.deadlineAt
    : startedAt + runSecondsOf(job, timings) * 1000;

/** From the seller's job id to the result in the bucket, at the most, in seconds. */
export const deadlineSecondsOf = ({ offering }: Pick<Job, 'offering'>, timings: Timings): number =>
  timings.deliveryDeadlineSeconds ?? offeringOf(offering)?.deadlineSeconds ?? 600;

/** A withdrawal that is signed is sent to nobody: there is nothing to do for it until a final block says what became of it. */
export const awaitsProof = (job: Job): boolean => isWithdrawal(job) && job.status === 'authorized';

const cancellation = (now: number): JobEvent => ({
  type: 'refused',
  reason: { name: 'Cancelled', message: 'It was cancelled before anything was signed; nothing was spent.' },
  at: now,
});

/**
 * At the deadline: refused when nothing was ever signed (no money can have moved), undelivered when an upload is paid
 * and its place was not used in time, otherwise unresolved.
 */
function deadlineEvent(job: Job, now: number): JobEvent {
  const reason = (message: string) => ({ name: 'DeadlinePassed', message }) as const;
  if (isUpload(job) && job.status === 'submitted')
    return {
      type: 'undelivered',
      reason: reason("The seller's leave to put the file ran out; its place was paid for."),
      at: now,
    };
  const why = job.held ? heldWords(job.held) : job.refused?.reason;
  if (job.status === 'submitted' && why !== undefined)
    return {
      type: 'undelivered',
      reason: {
        name: 'AssetInvalid',
        message: `The result could not be delivered until the deadline; ${why}.`,
      },
      at: now,
    };
  if (job.proof?.state === 'settled')
    return {
      type: 'undelivered',
      reason: reason('It was paid, as a final block shows, and the seller gave no picture for it in time.'),
      at: now,
    };
  if (isSigned(job))
    return {
      type: 'unresolved',
      reason: reason(
        'The deadline passed with the outcome open. What was signed may be spent: do not ask for it again.',
      ),
      at: now,
    };
  const uploads = moneyOf(job) === 'none' ? 'nothing was spent' : 'its uploads may have been paid for';
  return {
    type: 'refused',
    reason: reason(`The deadline passed before anything was signed; ${uploads}.`),
    at: now,
  };
}

import type { Limits } from './budget.ts';
import type { Job } from './job-record.ts';

/**
 * Exposure to a payee: payments that may have been sent, and are neither delivered, nor proven dead, nor lost at the
 * deadline of their job. The seller's word frees nothing: a job id, a settlement and a "failed" leave a payment exposed.
 */

/** Key of a payee's exposure row. The name is of the first release, which counted payments without a job id there. */
export const exposureKey = (payTo: string): string => `unseen#${payTo.toLowerCase()}`;

/** The most that may be exposed to one payee once a payment is added. */
export interface ExposureBound {
  readonly payments: number;
  /** Atomic units of a six-decimal dollar asset. */
  readonly atomic: number;
  /** Unix milliseconds: what the payee delivered in an hour counts only where it was counted since then. */
  readonly countedSince: number;
}

/** A count of deliveries that is older than this says nothing of the last hour. */
const freshMilliseconds = 15 * 60_000;

/** The dollars that may be exposed to one payee: a fifth of the day's total, unless an operator says otherwise. */
export const exposureDollars = ({ total, exposureUsdPerPayee }: Limits): number =>
  exposureUsdPerPayee ?? Math.floor(total / 5);

/**
 * The bound for a payment of this amount. A payment above the dollar bound is allowed while nothing else is exposed:
 * otherwise it would wait for ever.
 * @param now Unix milliseconds
 */
export const exposureBound = (limits: Limits, amountAtomic: number, now: number): ExposureBound => ({
  payments: limits.exposurePerPayee,
  atomic: Math.max(exposureDollars(limits), amountAtomic),
  countedSince: now - freshMilliseconds,
});

/** What a payee's row says of deliveries. */
export interface Deliveries {
  /** How many there ever were. */
  readonly delivered: number;
  /** How many of them were in the hour before `countedAt`, Unix milliseconds. */
  readonly deliveredLastHour?: number | undefined;
  readonly countedAt?: number | undefined;
  /** Times of earlier counts, and how many deliveries there had been by then; oldest first. */
  readonly samples: readonly (readonly [at: number, delivered: number])[];
}

const hourMilliseconds = 3_600_000;
const sampleMilliseconds = 4 * 60_000;

/** Counts the deliveries of the last hour: those since the oldest sample of it, so that it never counts too many. */
export function countDeliveries({ delivered, samples }: Deliveries, now: number): Required<Deliveries> {
  const recent = samples.filter(([at]) => at >= now - hourMilliseconds && at <= now);
  const [newestAt] = recent.at(-1) ?? [];
  const isDue = newestAt === undefined || now - newestAt >= sampleMilliseconds;
  const next = isDue ? [...recent, [now, delivered] as const] : recent;
  const [, before] = next[0] ?? [now, delivered];
  return { delivered, deliveredLastHour: Math.max(delivered - before, 0), countedAt: now, samples: next };
}

/** How many payments may be exposed to a payee now: the configured number, or what it delivered in the last hour. */
export const paymentsAllowed = (
  { payments, countedSince }: Pick<ExposureBound, 'payments' | 'countedSince'>,
  { deliveredLastHour = 0, countedAt = 0 }: Pick<Deliveries, 'deliveredLastHour' | 'countedAt'>,
): number => (countedAt >= countedSince ? Math.max(payments, deliveredLastHour) : payments);

/** Whether a payment of this amount could be exposed beside what is. */
export function isExposable(
  limits: Limits,
  { payments, atomic, ...deliveries }: Deliveries & { readonly payments: number; readonly atomic: number },
  amountAtomic: number,
  now: number,
): boolean {
  const bound = exposureBound(limits, amountAtomic, now);
  return payments < paymentsAllowed(bound, deliveries) && atomic + amountAtomic <= bound.atomic;
}

/** How much of its bound a payee's exposure is: 1 where nothing more may be sent to it. */
export function exposureUsed(
  limits: Limits,
  exposure: Deliveries & { readonly payments: number; readonly atomic: number },
  now: number,
): number {
  const bound = exposureBound(limits, 0, now);
  const dollars = bound.atomic > 0 ? exposure.atomic / bound.atomic : exposure.atomic > 0 ? 1 : 0;
  return Math.max(exposure.payments / paymentsAllowed(bound, exposure), dollars);
}

/**
 * Until when the payment of a job that has ended is exposed nevertheless, Unix milliseconds: the seller's word that a job
 * failed frees nothing before the job's deadline.
 * @returns undefined where it is exposed no longer, or has not ended
 */
export const exposedUntil = ({ end, purchase, deadlineAt }: Job): number | undefined =>
  end !== undefined && purchase?.unseen !== undefined ? deadlineAt : undefined;

/** A delivery, the proof that a payment is dead, and an end at the job's deadline take its payment out of the exposure. */
export function closeExposure(job: Job): Job {
  const { status, end, purchase, proof, deadlineAt, updatedAt } = job;
  if (purchase?.unseen === undefined) return job;
  const isLoss = purchase.firstSentAt !== undefined && status !== 'delivered';
  const isEnded = end !== undefined && (!isLoss || updatedAt >= deadlineAt);
  if (!isEnded && proof?.state !== 'dead') return job;
  const { unseen: _key, exposedAtomic: _amount, ...kept } = purchase;
  return { ...job, purchase: kept };
}

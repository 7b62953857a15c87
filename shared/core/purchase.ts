import { railOf } from './authorization.ts';
import { ended, unpaid } from './end.ts';
import type { JobEvent } from './job-event.ts';
import type { Job, Proof } from './job-record.ts';
import { isWithdrawal } from './withdrawal.ts';

/** The money of a job: what its purchase is at each step, whatever becomes of the picture. */

type Purchase = NonNullable<Job['purchase']>;

/** Everything that is signed later, frozen with what it takes from the budgets. */
export const reservedPurchase = (event: Extract<JobEvent, { type: 'reserved' }>): Purchase => ({
  purchaseId: event.purchaseId,
  generation: event.generation,
  rail: railOf(event.authorization),
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
  ...(event.unseen !== undefined && {
    unseen: event.unseen,
    exposedAtomic: Number(event.authorization.value),
  }),
  sends: 0,
  lookups: 0,
});

/** A purchase that holds nothing of any budget: what it held is spent or given back. */
export const freed = (purchase: Purchase, holdState: 'committed' | 'released'): Purchase => ({
  ...purchase,
  holdState,
});

/** Money first; the delivery goes its own way, and an end that was written stands. */
export function proven(job: Job, proof: Proof): Partial<Job> | undefined {
  if (!job.purchase || job.proof) return undefined;
  const settled = proof.state === 'settled';
  const news = { proof, purchase: freed(job.purchase, settled ? 'committed' : 'released') };
  const inDoubt = job.status === 'authorized' || job.status === 'unsettled';
  // A withdrawal brings nothing: that it is settled is its end.
  if (settled && inDoubt && isWithdrawal(job)) return { ...news, ...ended('delivered', proof.at) };
  if (settled || !inDoubt) return news;
  return { ...news, ...unpaid(proof.at) };
}

/** Permission for one send, written before the first byte of it leaves. */
export function grant(
  job: Job,
  { leaseUntil, at, transaction }: Extract<JobEvent, { type: 'authorized' | 'sending' }>,
): Partial<Job> | undefined {
  if (!job.purchase) return undefined;
  const firstSentAt = job.purchase.firstSentAt ?? at;
  const sends = job.purchase.sends + 1;
  const known = transaction === undefined ? {} : { transaction };
  return { purchase: { ...job.purchase, ...known, sends, firstSentAt, lastSentAt: at, leaseUntil } };
}
